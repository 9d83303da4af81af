"""Phrases about risks of injury, by name, in the syntax of `level2_patterns`."""

SOON = {
    "danger": r"""
        dangers?, dangereu\w*, dangerous\w*, perils?, perilleu\w*, (?:va|vont) finir (?:mal|en accident),
        attend l accident, faut un mort, (?:grave accident|accident grave)s?, (?<=\bles\s)pompiers, (?<=\ble\s)samu,
        risques? de (?:chute|tomber|blessures?|s effondrer)""",
    "near misses": r"""
        (?:failli|faillit|faillis|faillie|manque de) __ (?:renvers\w*|ecras\w*|percut\w*|fauch\w*|tomber|tomb(?:e|ee)|
        tuer|mourir|bless\w*|accident|chuter|electrocut\w*|se noyer|glisser|rentrer dedans|y passer|y rester|passer
        sous|casser (?:la|le|une|un|l)|perdre la vie), (?<=resque\s|ue\sete\s|e\sfait\s)(?:renvers|ecras|percut|
        fauch)(?:er|e|ee|es|ees), doigts? d[e ] ?_ (?:renvers\w*|ecras\w*|percut\w*|tomber|fauch\w*|mourir|accident|
        drame|passer sous), evitee?s? _ (?:de justesse|de peu|d un cheveu|in extremis), (?<=\sse\sfaire\s|
        \sme\sfaire\s|ous\sfaire\s|\sse\sfasse\s|faire\s\w\w\w\s)(?:renverser|ecraser|faucher|percuter),
        (?<=\sse\sfaire\s|\sse\sfasse\s)tuer, (?:almost|nearly|narrowly) __ (?:hit (?:by|me|us|my|her|him|a|the|
        someone)|ran (?:over|me)|run over|killed|struck|crash\w*|fell|fallen|tripped|slipped|injured|hurt|electrocuted|
        crushed|drown\w*), near miss(?:es)?, close calls?, (?<=get\s|ets\s|ing\s|\sbe\s|got\s)(?:killed|hurt|run over|
        hit by (?:a|an|the|cars?|another|one)|struck by (?:a|an|the|cars?))(?! by (?:taxes|fees|rent|prices))""",
    "ice": r"""
        verglas __ (?:devant|ecole|creche|trottoirs?|chutes?|tombee?s?|gliss\w*|partout|escaliers?|passerelle|pont|
        route|rue|parvis|parking|marches), plaques? de (?:verglas|glace), (?:trottoirs?|chaussee|escaliers?|passerelle|
        marches|parvis|rampe|sol|dalles?|carrelage) __ (?:glissant|gele)e?s?, verglacee?s?, (?:vraie|veritable)
        patinoire, chutes? (?:ce matin|hier|aujourd hui|cette semaine|devant|dans les escaliers|de (?:personnes?|
        passants?|cyclistes?|pietons?|velos?|plain pied)), (?:glisse|glisser|glissee|glissade\w*) _ (?:verglas|glace|
        par terre|feuilles|marches?|casse\w*|fracture\w*|hopital|urgences), black ice, icy(?!
        bank| boulder| chunk| pile| banks| boulders| chunks| piles), slippery(?! slope), (?:frozen|iced) over,
        pure ice, ice (?:all over|everywhere|covered|patch\w*|on the (?:sidewalks?|steps|stairs|road|path|
        ramp|bridge|pavement)), sheet of ice""",
    "glass and needles": r"""
        (?<!\ba\s)(?:verres?|bouteilles?) (?:de \w+ )?(?:cassee?s?|brisee?s?|pilee?s?|eclatee?s?), tessons?(?!
        gallo| de poterie| de ceramique), (?:eclats?|bouts?|debris|morceaux) de verre, (?:clous|lames?|hamecons?|
        barbeles|aiguilles) __ (?:bac a sable|toboggan|aire de jeux?|square|jeux d enfants|ecole|creche|pelouse),
        (?:bac a sable|toboggan|aire de jeux?|square|pelouse) __ (?:clous|lames?|hamecons|aiguilles)(?! de pin),
        (?:broken|shattered|smashed) (?:glass|bottles?) __ (?:playground|sand\w*|kids?|children|school\w*|slide|
        swings?|beach|park|barefoot|feet|splash|pool|field|bike|baby), (?:playground|sandbox|sand pit|slide|splash pad|
        pool|beach|kids|children|schoolyard) __ (?:(?:broken|shattered|smashed) (?:glass|bottles?)|glass (?:everywhere|
        shards|all over)|shards|razor blades?|needles?), (?:shards of glass|glass shards), (?:used|dirty|hypodermic|
        drug) needles?, (?:lots of|several|many|bunch of) needles, needles (?:all over|everywhere|in the|on the)""",
    "gates": r"""
        (?:portail|portillon|grilles?|barrieres?|cloture|grillage|porte) __ (?:cassee?s?|ouverte?s?|hs|en panne|
        trouee?s?|ferme (?:plus|pas|mal)|arrachee?s?|defoncee?s?) __ (?:enfants?|petits|eleves|gamins?) __ (?:sort\w*|
        echapp\w*|route|rue|chaussee|seuls?), (?:portail|portillon|barrieres?|cloture|grillage) (?:(?:de|d|du|la|
        l) )+(?:ecole|creche|maternelle|college|aire de jeux|halte garderie) __ (?:cassee?s?|ferme (?:plus|pas|mal)|hs|
        trouee?s?|arrachee?s?|defoncee?s?), (?:enfants?|petits|eleves|gamins?|gosses?|maternelles?) __ (?:sort|sortent|
        sortir|courent|courir|s echapp\w*|se retrouvent|filent) _ (?:sur|vers|dans|direct) (?:la |l |une )?(?:route|
        rue|chaussee|avenue|nationale|boulevard|rocade), (?:rambardes?|garde corps|garde fous?|parapets?) __
        (?:cassee?s?|manquante?s?|manque|arrachee?s?|absente?s?|descellee?s?|(?:tient|tiennent) plus|bouge\w*|cede\w*|
        pourrie?s?), (?:gate|fence|latch) __ (?:broken|unlocked|left open|wide open|hole|missing|(?:won|doesn|don|can)
        t (?:close|latch|lock|shut)) __ (?:kids?|children|toddlers?|students|street|road|traffic), (?:school|
        playground|daycare|kindergarten|preschool) (?:gate|fence|latch) __ (?:broken|unlocked|left open|wide open|
        missing|(?:won|doesn|don) t (?:close|latch|lock|shut)), (?:kids?|children|toddlers?|students) __ (?:run|
        running|ran|wander\w*|dart\w*|walk(?:ing)? out|get out|walk right) _ (?:into|onto|in|on) (?:the |a )?(?:street|
        road|traffic|highway)""",
    "lifts": r"""
        LIFT _ entre (?:deux|2) (?:etages|niveaux)""",
    "storms": r"""
        (?:arbres?|branches?|platanes?|troncs?|sapins?|peupliers?) _ (?:(?:tombee?s?|couchee?s?|effondree?s?) _ sur|en
        travers|barre|barrent), chute d _ (?:arbres?|branches?|pierres|tuiles?|blocs?), (?:tree|limb|branch|pole) _
        (?:fell|fallen|down|came down) _ (?:on|across|onto|over) _ (?:car|house|road|street|sidewalk|wires|fence|roof|
        roadway|path)""",
    "collapse": r"""
        (?:va|vont|peut|menacent?) (?:de )?tomber, ne tient (?:plus|que), tient plus (?:que|qu), s est (?:effondre|
        ecroule)e?, fissures?(?! (?:du|de la|des|dans le|sur le) (?:trottoir|chaussee|route|bitume|goudron)),
        BUILT _ s ?(?:effondre|ecroule|affaisse), power lines?, court circuit, sous tension,
        lampadaire _ penche, armoire electrique ouverte""",
    "flood": r"""
        inond(?:ee?s?|e|ent|er|ations?), flood(?:s|ed|ing)?, (?<=\ben\s|\bla\s)crue, (?:eau|eaux) (?:qui )?(?:rentre|
        entre) (?:dans|chez)""",
    "fire": r"""
        incendies?, incendiee?s?, brulures?, fumee noire, odeur de fumee, (?<=\ba\s)fire, explosifs?,
        mortiers? d artifice, detecteurs? de fumee _ (?:sonne|hurle)""",
    "hurt": r"""
        seringues?, syringes?, bless(?:ee?s?|ures?), injur(?:ed|y|ies), s est fait mal, tombee?s? (?:et|
        de) _ (?:hopital|urgences|points de suture), (?:jambe|bras|poignet|hanche|col du femur) cassee?,
        broken (?:leg|arm|hip|wrist), percutee?s?, renversee?s? par,
        (?:casse|cassee|fracture|fracturee|foule|tordu|ouvert|fendu) (?:la|le|l|une|un) (?:jambe|bras|poignet|hanche|
        cheville|dents?|nez|genou|coude|crane|arcade|menton|main|doigt), mal a respirer, (?:broke|twisted|sprained|
        fractured|cracked|dislocated) (?:her|his|my|their|a|an) (?:hip|leg|arm|wrist|ankle|collarbone|tooth|teeth|nose|
        foot|elbow|knee|shoulder|neck|skull|head), (?:fell|slipped|tripped|fallen) (?:down |over )?(?:and|on) _
        (?:broke|hurt|injured|cut|fractured|twisted|sprained|hospital|ice|icy|stitches)""",
    "violence": r"""
        violen(?:t|te|ts|tes|ce|ces), menac(?:e|es|ent|ee|ees), menaces de mort, threat\w*, harcel\w*, harass(?:ed|
        ing|ment), bagarres?, rixes?, cambriolages? , cambriolee?s?, burglar\w*, (?:broke|broken|breaking) into,
        pedophil\w*, exhibitionnistes?, se masturbe, attentats?, va (?:mal|tres mal) (?:tourner|finir|se terminer),
        plus la force de continuer, se fait racketter, battue""",
    "manhole": r"""
        (?:plaques?|bouches?|regards?|tampons?|trappes?|grilles?|couvercles?) (?:d |de )?(?:egouts?|chaussee|visite|
        fonte) _ (?:ouverte?s?|manquante?s?|absente?s?|volee?s?|enlevee?s?|cassee?s?|descellee?s?|disparue?s?|
        deplacee?s?|soulevee?s?|brisee?s?|enfoncee?s?|manque), manque _ (?:plaques?|bouches?|grille|
        tampon) d ?egouts?, (?:egouts?|regards?) (?:ouverts?|beants?|a ciel ouvert|sans (?:plaque|couvercle)),
        manhole, sink ?hole, open (?:trench|sewer|pit|manhole), trou (?:beant|profond|enorme), trou (?:d|
        de) _ profondeur""",
    "silent": r"""
        (?<!on\s)ne sort plus, ne repond (?:meme )?plus (?:au telephone|a la porte|quand|aux appels),
        ELDER __ sort (?:plus|pu), volets fermes depuis _ jours, (?:personne|dame) agee (?:seule|isolee)""",
    "cold": r"""
        (?:sans|pas de|plus de|pas d|plus d) (?:chauffage|chofage|chaufage|electricite|courant) __ (?:enfants?|fils|
        fille|enceinte|malades?|agee?s?|hiver|degres|ans), (?:enfants?|agee?s?|enceinte|ecole|classe) _ (?:sans|
        pas de|plus de) (?:chauffage|electricite), (?:no|without) heat(?:ing)? __ (?:kids?|children|elderly|winter|
        freezing|days), dor(?:t|s|mons|ment) (?:dehors|dans (?:la|ma|notre|une) (?:rue|voiture))""",
    "poison": r"""
        eau _ (?:impropre|contaminee|polluee|toxique|pas potable|plus potable), (?:produits?|dechets?) (?:chimiques?|
        toxiques?), amiante, not safe to drink, unsafe (?:water|to drink), water _ (?:contaminated|unsafe|undrinkable|
        not safe), (?:oven|stove|grill|charcoal) to (?:heat|keep warm|stay warm)""",
    "animals": r"""
        (?:chiens?|pit ?bulls?|molosses?) _ (?:agressifs?|mechants?|errants?|menacants?|sans museliere),
        nids? de (?:frelons|guepes), (?:aggressive|vicious|stray|rabid) (?:dogs?|pit ?bulls?), vipere""",
}
