"""Classes of words, by the names used in `level2_patterns`, `level1_patterns` and `exceptions`."""

SAID = {
    "CHILD": r"""
        (?:enfants?|enfans?|gamine?s?|gosses?|mome|petite?|bebes?|bb|nourrissons?|nouveau ne|fille|filles|fillette|
        fils|garcon|garcons|ado|neveu|niece|eleves?|minots?|petit fils)""",
    "PERSON": r"""
        (?:enfants?|enfans?|gamine?s?|gosses?|mome|petite?|bebes?|bb|nourrissons?|fille|filles|fillette|fils|garcon|
        garcons|ados?|neveu|niece|eleves?|homme|femme|dame|monsieur|mr|mec|type|gars|personnes?|quelqu un|qqun|qqn|
        kelkun|voisine?s?|mari|mere|pere|papa|maman|grand mere|grand pere|mamie|mamy|papi|papy|conjointe?|compagn(?:e|
        on)|copine?|amie?|frere|soeur|tante|oncle|vieux|vieille|sdf|passante?s?|cyclistes?|pietons?|motarde?|gens|
        collegue|jeunes?|touriste|ouvriers?)""",
    "ELDER": r"""
        (?:voisine?s?|mamie|mamy|papi|papy|grand mere|grand pere|mere|pere|maman|papa|tante|oncle|personnes? agees?|
        vieille dame|dame agee|vieux monsieur|monsieur age|locataire|petite vieille)""",
    "KIN": r"""
        (?:pere|mere|papa|maman|mamie|papi|grand mere|grand pere|bebes?|bb|nourrisson|fils|fille|mari|femme|frere|
        soeur|enfants?|voisine|dame|handicapee?s?)""",
    "HURTER": r"""
        (?:il|elle|mari|conjoint|compagnon|concubin|copain|mec|ex|pere|mere|papa|maman|beau pere|belle mere|oncle|
        frere|voisin|fils|patron|homme|type|gars|femme)""",
    "CHILDREN": r"""
        (?:child|children|kids?|baby|babies|toddlers?|infant|newborn|son|daughter|boys?|girls?|teenagers?)""",
    "PEOPLE": r"""
        (?:child|children|kids?|baby|toddlers?|infant|newborn|son|daughter|boys?|girls?|teenager|man|men|woman|women|
        guy|lady|person|people|someone|somebody|husband|wife|mother|father|mom|mum|dad|grandmother|grandfather|
        grandma|grandpa|brother|sister|neighbou?rs?|friend|pedestrian|cyclist|worker|passenger|student|homeless)""",
    "IWILL": r"""
        (?:je vais|j vais|jvais|jvai|je vai|je va|je m en vais|je veux|j veux|jveux|je veu|jveu|je voudrais|
        j aimerais|je prefere|je prefererais|envie de|je pense a|j ai pense a|je compte|pret a|prete a)""",
    "BUILT": r"""
        (?:toits?|toitures?|murs?|murets?|plafonds?|immeubles?|batiments?|maisons?|balcons?|facades?|planchers?|
        ponts?|passerelles?|grues?|echafaudages?|gradins?|tribunes?|escaliers?|cheminees?|chaussees?|trottoirs?|talus|
        falaises?|sol|digues?|berges?|quais?|arbres?|pylones?|poteaux?|chapiteaux?|preaux?|hangars?|gymnases?|
        eglises?|clochers?|corniches?|dalles?|voutes?|cloisons?|verrieres?|barrages?|platanes?|terrain|route|tunnel|
        scene|abribus|lampadaires?)""",
    "RAISED": r"""
        (?:roof|ceiling|wall|building|bridge|balcony|scaffold(?:ing)?|crane|floor|tree|branch|tower|chimney|house|
        porch|garage|stairs|bleachers)""",
    "THINGS": r"""
        (?:voitures?|maisons?|appart(?:e|ement)?s?|immeubles?|camions?|bus|poubelles?|conteneurs?|containers?|
        scooters?|motos?|hangars?|garages?|toits?|toiture|forets?|champs?|ecoles?|gymnase|usine|entrepot|cuisine|
        balcon|bennes?|transfo(?:rmateur)?|compteur|arbres?|haies?|palettes?|cabane|caravane|caves?|magasin|batterie|
        trottinette|bateau)""",
    "POWERED": r"""
        (?:prises?|compteurs?|cables?|poteaux?|lampadaires?|boitiers?|armoire|transfo(?:rmateur)?s?|tableau|
        candelabres?|lignes?|interrupteur|borne|fil|fils)""",
    "WATERS": r"""
        (?:loire|seine|rhone|garonne|saone|marne|riviere|fleuve|canal|lac|etang|bassin|piscine|port|eau|puits|mare|
        fosse|trou|egouts?|bouche|cuve|ravin|vide|ruisseau|torrent|mer)""",
    "RIVERS": r"""
        (?:river|water|canal|lake|pond|harbou?r|pool|sea|hole|manhole|ice|creek|well|pit|sewer|ocean|ditch|train|
        tracks)""",
    "HEIGHTS": r"""
        (?:ponts?|toits?|fenetres?|balcon|immeuble|tour|etage|falaise|passerelle|viaduc|parapet|train|metro|tram|rer|
        pont \w+|quai)""",
    "WEAPON": r"""
        (?:couteaux?|coutos?|fusils?|pistolet|arme|armes|flingue|flingot|revolver|carabine|kalach\w*|hache|machette|
        batte|barre de fer|cutter|gun|sabre|bombe|grenade|cocktails? molotov)""",
    "ENWEAPON": r"""
        (?:gun|guns|knife|rifle|machete|axe|shotgun|pistol|baseball bat|bomb|weapon|firearm)""",
    "KILL": r"""
        (?:peter|sauter|exploser|buter|tuer|crever|bruler|cramer|massacrer|egorger|defoncer|planter|flinguer|
        descendre|demolir|tabasser|poignarder|etrangler|violer|frapper|eclater|fumer)""",
    "LINKS": r"""
        (?:(?:sur|contre|de|du|des|d|la|le|les|l|aux|au|a|pour|en|cas|face|et|ou|prevention|lutte|gestes|risques?|
        nationale?s?|mondiale?s?|internationale?s?|on|of|the|about|against|for|to|and|in|gestion|natation|victimes?|
        victims?|local|communale?|evacuation) ){0,6}""",
    "DISASTER": r"""
        (?:incendies?|incendiee?s?|inond\w*|crues?|flood\w*|fires?|accidents?|explosions?|effondre\w*|ecroule\w*|
        noyades?|tempete|bombardements?|pris feu|brulee?|en feu|burned|burnt)""",
    "LIFT": r"""
        (?:ascenseurs?|lascenseur|assenseurs?|lassenseur|ascenceurs?|assanseurs?|asenseurs?)""",
    "DEVICE": r"""
        (?:dialyse|dialysee?s?|respirateurs?|oxygene|assistance respiratoire|appareil respiratoire|tracheotomie|
        insuline|nebuliseur|lit medicalise|couveuse|hospitalisee? a domicile)""",
    "MEDICAL": r"""
        (?:oxygen|ventilators?|dialysis|cpap|insulin|nebulizer|life support|feeding (?:pump|tube)|
        medical (?:equipment|device|machine))""",
    "STRANGER": r"""
        (?:type|types|homme|hommes|mec|mecs|gars|individus?|monsieur|bonhomme|inconnue?s?|vieux|pervers|pedo|pedos|
        rodeur|camionnette|fourgon)""",
    "YOUNG": r"""
        (?:enfants?|enfans?|gamine?s?|gosses?|petites?|petits|fillettes?|filles?|collegien(?:ne)?s?|
        lyceen(?:ne)?s?|ecolieres?|ecoliers?|eleves|mineure?s?|ados?|fils|niece|neveu)""",
    "TOPPLED": r"""
        (?:arbres?|branches?|platanes?|sapins?|peupliers?|troncs?|poteaux?|pylones?|grues?|echafaudages?|murs?|
        cheminees?|toits?|toitures?|lampadaires?|panneaux?|rochers?)""",
    "FIRST": r"(?<![^\0])",
    "ALAIDE": r"(?<=\ba\sl\saide)(?<![^\0]a\sl\saide)",
    "LAST": r"(?=\W*$)",
    "UNMISSED": r"(?<!i\setre\s|d\setre\s|ue\sete\s|resque\s|almost\s|nearly\s)",
}
"""The entries from FIRST on are positions. FIRST: only mentions and marks before; LAST: only marks after; ALAIDE: after
an "à l'aide" at the beginning; UNMISSED: where it did happen, not nearly."""
