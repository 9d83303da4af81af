"""Phrases that only sound like a danger, in the syntax of `level2_patterns`; removed before a message is judged."""

NO_DANGER = {
    "events, prevention, history": r"""
        exercices? (?:d )?(?:evacuation|incendie|attentat|inondation) __ _ pompiers,
        (?:conferences?|reunions?|ateliers?|formations?|expositions?|expo|campagnes?|prevention|sensibilisation|
        debats?|films?|exercices?|simulations?|journees?|colloques?|stages?|spectacles?|seances?|livres?|romans?|
        lutte|lutter|plan|plans|brochures?|semaine|cours|initiation|commemoration|ceremonie|hommage|memorial|musee|
        assurances?|bouches?|poteaux?|bornes?|portes?|securite|consignes?|detecteurs?|extincteurs?|escaliers?|
        training|workshops?|drills?|talks?|lectures?|meetings?|awareness|campaigns?|exhibitions?|movie|books?|class|
        museum|history|histoire|insurance) LINKS(?:suicid\w*|incendies?|inondations?|crues?|noyades?|violences?|
        agressions?|harcelement|dangers?|feu|intoxications?|explosions?|attentats?|fires?|floods?|flooding|violence|
        drowning|domestic (?:violence|abuse)|child abuse|assault|abuse|self harm|poisoning|carbon monoxide|monoxyde|
        secours|accidents?|overdoses?|electrocution\w*|cambriolages?|burglary)(?! en cours|
        (?: de carbone)? (?:sonne|bip|hurle|se declenche|s est declenche)), (?:suicide|fire|flood|
        violence|drowning|overdose|burglary|poisoning|self harm|carbon monoxide) (?:prevention|drills?|awareness|
        training|safety|insurance|hydrants?|stations?|departments?|trucks?|lanes?|escapes?|engines?|pits?|
        extinguishers?|codes?|(?:detectors?|alarms?) (?:batter\w*|program|distribution)|works|victims memorial),
        (?:exercice|alerte test|essai) (?:d )? (?:evacuation )?(?:incendie|attentat|inondation),
        (?:secourisme|premiers secours|gestes qui sauvent|defibrillateurs?|massage cardiaque|first aid|cpr|
        defibrillators?) _ [(:]? ?__ (?:arret cardiaque|crise cardiaque|malaises?|etouffements?|hemorragies?|
        saignements?|noyades?|inconscience|heart attack|choking|bleeding|drowning), (?:recycl\w*|free|instal\w*|buy|
        replac\w*|new) _ carbon monoxide (?:detector|alarm)s?, films? (?:\w+ )?(?:d horreur|gore|catastrophe|de guerre|
        de zombies?)\W*__ _ (?:au secours|a l aide)""",
    "over": r"""
        alerte a la bombe (?:_ levee|_ terminee|_ fausse|d hier), (?:levee|fin) de l alerte a la bombe, fausse alerte a
        la bombe, bomb threat _ (?:hoax|lifted|all clear|over|fake)""",
    "figurative help": r"""
        (?:can|could|would|will) _ help me please, help me please (?:with|to|find|fill|understand|get),
        aide[rz] (?:moi|nous) _ (?:a remplir|a trouver|a comprendre|a faire|avec), dying (?:to|for|of (?:laughter|
        curiosity|boredom|shame|envy)|laughing)(?! hospital| the hospital), tomb(?:er|e|ee) de (?:ma|sa|la) chaise,
        (?:prix|couts?|factures?|loyers?|impots?|budgets?) __ s envole\w*""",
    "titles": r"""
        (?:expo(?:sition)?s?|films?|spectacles?|concerts?|pieces?|livres?|romans?|conferences?|festival|bd|albums?|
        soirees?|projection|lecture|movie|show|play|book|exhibition|documentaire|escape game|
        jeu) _ :? ?[«"“] ?[^«»"“”.!?]*\w(?=\W?\W?[»"”])""",
    "long past": r"""
        (?<!depuis\s)(?:l annee derniere|l an dernier|l an passe|l annee passee|l ete dernier|l hiver dernier|
        il y a longtemps|il y a _ (?:ans|annees|siecles?)|en (?:1[0-9]|20)[0-9][0-9]|autrefois|a l epoque|
        au siecle dernier|pendant la guerre|last (?:year|summer|winter)|years ago|in (?:1[0-9]|
        20)[0-9][0-9]) __ (?:y a eu )?DISASTER, DISASTER _ (?:de|en|d|of|in|from|l annee|l an|last|
        il y a \w+) (?:l an |l annee )?(?:1[0-9][0-9][0-9]|20[0-9][0-9]|derniere|dernier|passee|year|ans|winter|
        summer)""",
    "figurative suicide": r"""
        suicides? (?:collectifs?|politiques?|economiques?|ecologiques?|budgetaires?|commercia\w*|electora\w*|
        demographiques?|financiers?|socia\w*|assistee?s?), (?:projet|politique|decision|choix|idee|mesure|strategie|
        piste|traversee|vitesse|virage|economiquement|politiquement) suicidaires?, (?:political|career|
        economic) suicide, me tue a (?:vous|le|la|l|dire|repeter|expliquer|demander|signaler|rappeler|essayer),
        mour(?:ir|ru|rais) (?:de rire|d ennui|de honte|de chaud|de plaisir|d envie), me jet(?:er|te) (?:dans les bras|
        a l eau|sur (?:le|la|les)), saut(?:e|er|erai) (?:de joie|le pas|du lit|du coq)""",
    "figurative fire": r"""
        feux? (?:rouges?|verts?|oranges?|tricolores?|pietons?|clignotants?|de circulation|de signalisation|d
        artifices?|de camp|de joie|de la st jean|de la saint jean|sacre|follet|vif|tricolor), feu (?:au|a la|a l)
        (?:carrefour|croisement|coin|rond point|niveau|bout|passage|sortie|angle|hauteur|intersection|rouge|vert), feu
        (?:dans|sur) (?:la rue|l avenue|le boulevard|l autre sens), (?:salle|public|ambiance|piste|concert|groupe|dj|
        equipe|supporters|scene|stade|match|ville) (?:\w+ )?en feu, mis le feu (?:a la|au|dans la) (?:salle|scene|
        dancefloor|piste|public|place), feu aux poudres, descend\w* en flammes, (?:yeux|joues|gorge) en feu, (?:you|you
        re|team|guys|dj|show|concert|band|players|musicians|boys) (?:is |are |was |were |re )?(?:all )?on fire, coup de
        feu (?:de|du) (?:midi|service|soir), fumees? (?:de|des|du|d) (?:la |l )?_ ?(?:cigarettes?|cigares?|tabac|
        joints?|chichas?|barbecues?|bbq|cheminees?|echappement|clopes?), gaz (?:d echappement|a effet|de schiste),
        explosion (?:de|des|du|d)(?! gaz| une | un | la chaudiere), calories? brulees?, (?:brule|brulent|bruler) (?:les
        etapes|d envie|les feux|la priorite|des calories|le feu|un feu)""",
    "figurative flood": r"""
        inond\w* (?:de|d|par|sous) _ (?:flyers?|pubs?|publicites?|mails?|courriels?|spams?|prospectus|messages|
        papiers|tracts|demandes|notifications|soleil|lumiere|joie|bonheur|remarques|appels|sms|affiches|infos?|
        informations), flood(?:s|ed|ing)? (?:of|with) _ (?:spam|e ?mails?|mails?|calls?|ads|requests|complaints|
        flyers|messages|light|tears|information|leaflets|newsletters|people|tourists), flood(?:s|ed|ing)? (?:my|our|
        your) (?:inbox|mailbox|phone|feed), noyee?s? (?:sous|dans) (?:les |la |le |des |une )?(?:masse|papiers?|
        paperasse|demandes|dossiers|mails|flot|informations?|foule|procedures|chagrin), se noie(?:nt)? (?:dans|
        sous) _ (?:papiers?|paperasse|verre d eau|demandes|dossiers|formulaires?|procedures|administratif\w*|details?|
        mails), drown\w* (?:in|out|under) _ (?:paperwork|debt|trash|garbage|noise|emails?|forms|the music|litter|
        bureaucracy|red tape|taxes|by|work|complaints)""",
    "figurative blows": r"""
        pedestrian (?:signals?|buttons?|crossings?|walking|lights?|walk), tombee?s? amoureu\w*,
        tombee?s? (?:sous le charme|d accord|des nues|a pic|bien|enceinte), terre battue, sentiers? battus?,
        battue (?:aux|administrative|au gros), (?:on|etat|mairie|impots?|taxes?|vous|ville|qui) (?:nous|
        les) saigne\w*, saigne\w* (?:a blanc|les (?:contribuables|classes|francais|gens|habitants|familles)|
        aux quatre veines), coeur (?:qui )?saigne, (?:dons?|donner|prises?|collecte|banque|donneurs?|analyse|test|
        tests|transfusion) (?:du|de|son|mon|leur) sang, bon sang, sang froid, (?:pur|demi) sang, bleeding (?:money|us|
        heart|edge|love), (?:c est|c etait|etait|est|vraiment) (?:la|une|de la) bombe, bombes? (?:de peinture|aerosol|
        a eau|anti), me tape sur, heart attack (?:burger|price|when i saw), tues? la (?:vie|ville|commune),
        (?:stationnement|voitures?|motos?) _ (?:tue|tuent), otages? (?:par|des|de) (?:la |les |l )?(?:greve|
        syndicats?|sncf|grevistes|administration|transports), (?:coup|coups) de (?:coeur|main|pouce|fil|balai|
        chapeau), prend le pouls""",
}
