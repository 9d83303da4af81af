"""What people write of each danger, by its name: phrases between commas, as `urgency` reads them.

Of folded text in which every apostrophe, hyphen and comma is a space: "n'est pas" is written "n est pas". _ stands for
up to three words, __ for up to six, capitals for the words named in SAID; lines are broken after a bar or a comma. A
false alarm costs a glance, a missed one may cost a life: where in doubt, a phrase stands with the higher level.
"""

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
        (?:couteaux?|fusils?|pistolet|arme|armes|flingue|flingot|revolver|carabine|kalach\w*|hache|machette|batte|
        barre de fer|cutter|gun|sabre|bombe|grenade|cocktails? molotov)""",
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
}

NOW = {
    "suicide": r"""
        suicid\w*, me tuer, me (?:buter|flinguer|pendre|foutre en l ?air|noyer|supprimer|faire du mal|mutiler|
        scarifier|poignarder), m (?:immoler|ouvrir les veines|ouvre les veines|empoisonner), me tailler? les veines,
        me flingue, je me (?:tue|pends|noie|supprime), me jet(?:er|te|erai|terai) _ (?:par|sous|WATERS|HEIGHTS),
        j me jette, me jet(?:er|te) (?:du|d un|d une|sous|par), (?:va|veut|menace de|essaie de|essaye de) se (?:tuer|
        jeter|pendre|flinguer|suicider|noyer|foutre en l air|defenestrer), saut(?:e|er|erai|era) (?:du|d un|d une|
        de la|de l|de|par la|par le|sous un|sous le|sous la|sous) _ HEIGHTS, saut(?:er|e|erai) dans (?:la|le|
        l) WATERS, enjambe _ (?:parapet|rambarde|garde corps), (?:veut|va) sauter, PERSON _ sur (?:le|la) (?:parapet|
        rambarde|garde corps), IWILL _ (?:mourir|crever|en finir|disparaitre a jamais|plus vivre|plus etre la),
        (?:veut|voulait|vouloir) (?:mourir|en finir), envie (?:de mourir|de crever|d en finir|de disparaitre|
        de me tuer), plus envie de (?:vivre|continuer a vivre), (?:veux|veu|veut|peux|arrive) (?:plus|pu|
        pas) (?:a )?(?:vivre|continuer a vivre), plus (?:la force|le courage) de vivre, raisons? de vivre,
        finir avec (?:la vie|tout|mes jours), j en finis, je vais en finir, fin a (?:mes|ses|sa|ma) (?:jours|vie),
        mort sur (?:la|votre) conscience, morte sur (?:la|votre) conscience, lettre d adieu, adieu (?:a tous|
        tout le monde|la vie), (?:retrouver|retrouverez|retrouvera) (?:mort|morte|pendu|pendue|mon corps|mon cadavre),
        ne serai plus (?:de ce monde|la demain), (?:serais|serait) mieux morte?, mieux sans moi, autant (?:mourir|
        crever), (?:pris|avale) __ (?:cachets|medicaments|comprimes|medocs|somniferes), idees (?:noires|suicidaires),
        scarifi(?:e|er|ent|ee|cations?), pensees noires, kill(?:ing)? (?:my|him|her)self,
        end(?:ing)? my (?:own )?life, end(?:ing)? it all, (?:want|wants|wanna|wanted|rather|prefer) (?:to )?(?:die|
        be dead), (?:don t|dont|doesn t|do not|no longer) (?:want to|wanna) (?:live|be alive|exist|be here any ?more|
        wake up), no reason to live, nothing to live for, better off (?:dead|without me), tired of living,
        can t (?:go on living|live any ?more|live like this), jump(?:ing)? (?:off|from) _ (?:bridge|roof|building|
        window|balcony|ledge|overpass), (?:about|going|threatening|gonna) _ jump (?:off|from|in|into),
        jump(?:ing)? in front of _ train, (?:hurt|harm|cut|hang|shoot)(?:ing|ting)? (?:my|him|her)self, self harm\w*,
        slit (?:my|his|her) wrists, overdos(?:ed|ing), (?:took|taken|swallowed) _ pills, take my (?:own )?life,
        goodbye (?:cruel )?world, my (?:death|blood) _ (?:conscience|hands)""",
    "blows": r"""
        agress(?:ee?s?|er|ions?|eurs?), agresse (?:sa|son|un|une|les|des|mon|ma|quelqu un) _ PERSON, (?:frappe|
        frappent|tape|tapent|bat|battent|cogne|cognent|gifle|etrangle|secoue|brutalise|maltraite|poignarde|viole|
        insulte et frappe|menace|tabasse|tabassent|moleste) (?:sa|son|ses|un|une|les|des|mon|ma|mes|leur|leurs|le|la|
        l) _ PERSON, (?:frapper|battre|tabasser|cogner|etrangler|poignarder|violer|lyncher) (?:sa|son|ses|un|une|mon|
        ma|leur) _ PERSON, HURTER (?:me|m a|m|m as|m ont|nous|nous a|la|l a|le|les|lui|te) (?:encore |deja |
        a )?(?:frapp(?:e|ee|er|ent)|bat|battue?|battre|tabass\w*|cogn\w*|viole\w*|etrangl\w*|gifle\w*|poignard\w*|
        sequestr\w*|maltrait\w*|tape dessus|menace de mort|enferme\w*), m a (?:frappee?|poussee?|tabassee?|etranglee?|
        violee?|giflee?|tapee?), (?:me|nous|se fait|se faire) (?:frapper?|tabasser?|violer|lyncher|poignarder|
        etrangler), (?:s est|se sont|me suis) faite? _ (?:frapper|tabasser|violer|poignarder|tirer dessus|planter|
        renverser|ecraser|percuter|agresser|mordre|kidnapper|enlever), me tape(?! sur| les| des| tout),
        se tapent dessus, se battent _ (?:couteaux?|a coups|barres?|devant|en bas|sous mes|rue), bagarre (?:generale|
        en cours|a coups|au couteau), tentative de (?:viol|meurtre|enlevement|kidnapping|suicide), violee?s?,
        (?<=\bun\s)viol, attouchements?, violences? (?:conjugales?|sexuelles?|intrafamiliales?), femme battue,
        battue?s? (?:par|a mort), enfants? battus?, coups? et blessures, peur (?:de|qu) (?:lui|il me|mon mari|mon ex|
        mon conjoint), (?:sequestr|kidnapp|poignard|egorg|etrangl|lynch)(?:e|ee|er), enlevement d (?:enfant|une|un),
        (?:crie|crient|hurle|hurlent|appelle|appellent) (?:au secours|a l aide), au secours, hilfe, help me please,
        attacked, assault(?:ed|ing)?, stabbed, stabbing, raped, raping, mugged, kidnapp\w*, abduct(?:ed|ing|ion),
        domestic (?:violence|abuse), child abuse, abus(?:es|ing) (?:his|her|their|my|the|a) _ CHILDREN, (?:beating|
        beats|beat|hitting|hits|punching|punched|kicking|attacking|strangling|choking|slapping|molesting|
        threatening) (?:up )?(?:a|an|his|her|my|the|on|another|their|our|up) _ PEOPLE, (?:beating|strangling|choking|
        attacking|assaulting|stalking) (?:someone|somebody|me|him|her|people), (?:husband|boyfriend|partner|ex|dad|
        father|he|she|wife|girlfriend|stepfather) (?:is |just |keeps |has )?(?:hits?|hitting|beats?|beating|beaten|
        punche[ds]|kicks|kicked|slaps|slapped|strangled|choked|choking|rapes|hurts|hurting) (?:me|us|her|him|my|his|
        our), being (?:attacked|robbed|beaten|chased|raped|assaulted), scream(?:s|ing|ed)? for help""",
    "weapons and threats": r"""
        coups? de (?:couteau|feu|poing|fusil|hache|machette), (?:j ai|il a|elle a) une? WEAPON, (?:avec|sort|sorti|
        tient|brandit|pointe) (?:un|une|son|sa|mon|ma|des|le|leurs?) (?:gros |grand )?WEAPON, arme d une?,
        armee?s? (?:d une?|de (?:couteaux?|barres?|battes?)), homme arme, hommes armes, va me (?:tuer|buter|planter|
        crever), (?:veut|va|menace|jure|peut|essaie|essaye) _ (?:me|nous|la|le|les|sa|son|vous|te) _ (?:tuer|buter|
        egorger|poignarder|planter|etrangler), (?:je vais|j vais|jvais|jvai|je vai|on va|je reviens|
        je viens) _ (?:tout|tous|toutes|vous|te|les|lui|le|la|en) _ KILL, (?:vais|va|vont|veux|
        veut) (?:tout )?(?:faire )?(?:tout )?(?:peter|cramer|exploser) (?:la|le|votre|l|les|cette|ce), (?:tout|fait|
        faire) (?:peter|cramer) (?:la|votre|tout|dans) , fai(?:re|s) tout (?:peter|sauter|exploser|cramer),
        faire sauter (?:la|le|votre|l) (?:mairie|ecole|immeuble|batiment|bureau|poste|pont|ville), (?:vais|va|veux|
        veut|vont) _ (?:foutre|mettre) le feu, je sais ou (?:vous|tu) (?:habitez|habites|travaillez), faire la peau,
        (?:va|vont) y avoir (?:un|des) morts?, bombes? (?:dans|a la|au|sous|a l|devant|va|chez|artisanale|est),
        alerte a la bombe, (?:colis|sac|paquet|valise) (?:suspecte?|piegee?|abandonnee?), attentat en cours,
        prise d otages?, pris en otages? (?:dans|par un|a la), tirs? d armes?, (?:tire|tirent|tirer) (?:sur|
        dans) (?:des|les|un|une|la) _ (?:PERSON|foule|passants), fusillade, echange de tirs, kalach\w*, gunshots?,
        gun ?fire, shots? (?:fired|being), active shooter, (?:shooting|shot) (?:at|people|someone|in progress|
        right now), (?:man|woman|guy|he|someone|kid|kids|person|with|has|have|got|pulled|waving|carrying) _ (?:a|his|
        her|my|an|the) ENWEAPON, (?:i ll|i will|gonna|going to|i m going to|want to) _ (?:kill|shoot|stab|burn down|
        blow up|bomb|strangle) (?:you|him|her|them|everyone|all|every|somebody|someone|me|us|the|my), (?:threatened|
        threatens|threatening|wants|trying) to (?:kill|shoot|stab|hurt|rape), bomb (?:in|at|under|threat|inside|is),
        (?:going|gonna|will|ll) _ blow _ up, hostages?, i know where you live""",
    "burglary": r"""
        train de _ (?:forcer|casser|cambrioler|fracturer|defoncer|s introduire|entrer par|rentrer par|braquer|voler),
        (?:essaie|essaye|essaient|tente|tentent) (?:de|d) _ (?:forcer|entrer|rentrer|s introduire|cambrioler|defoncer|
        ouvrir ma porte) _ (?:chez|porte|fenetre|maison|appart|appartement|logement|voisine?s?), se fait cambrioler,
        cambriol\w* (?:en cours|en ce moment|maintenant), (?:voleurs?|cambrioleurs?|inconnu|intrus|quelqu un|type|
        homme) (?:est |sont |qui est )?(?:chez|dans) (?:moi|ma maison|mon appart\w*|ma voisine|mon voisin|la maison|
        mon jardin), (?:trying|tries) to break in(?:to)?, (?<=is\s|re\s)breaking in(?:to)?, burglars? (?:in|
        inside|at), burglary in progress, intruders? , home invasion, (?:someone|somebody|stranger|man) (?:is )?(?:in|
        inside|entering) (?:my|our|the) (?:house|home|apartment|flat|garage)""",
    "missing": r"""
        CHILD __ (?:a disparu|ont disparu|disparue?s?|introuvables?|s est perdue?|est perdue?|a fugue|en fugue|
        s est enfuie?|s est sauvee?|ne revient pas), (?:mari|femme|mere|pere|maman|papa|frere|soeur|mamie|papi|
        grand mere|grand pere|voisine?|alzheimer|conjointe?|compagn(?:e|on)) __ (?:a disparu|disparue?|introuvable|
        s est perdue?|a fugue), (?:CHILD|mari|femme|mere|pere|maman|papa|frere|soeur|mamie|papi|grand mere|
        grand pere) __ pas (?:encore )?(?:rentree?s?|revenue?s?)(?! vers| sur| en contact| dans les), (?:perdu|
        perdue?) (?:mon|ma|notre) (?:fils|fille|enfant|bebe|petite?|gamine?), (?:retrouve|retrouvent|retrouvons|
        trouve|trouvent|trouvons) (?:plus|pas|pu) (?:mon|ma|mes|son|sa|notre|le|la) _ (?:fils|fille|enfants?|petite?|
        gamine?|bebe|neveu|niece|mere|pere|mari|grand mere), alerte enlevement, fugueu\w*, enfants? perdus? (?:au|a|
        dans|sur), missing (?:child(?:ren)?|kids?|boys?|girls?|toddler|teen|person), PEOPLE __ (?:is missing|
        are missing|went missing|gone missing|disappeared|vanished|never came (?:home|back)|not come (?:home|back)|
        n t come (?:home|back)|t come (?:home|back)|t returned|is lost|got lost|ran away|has run away), (?:can t|
        cannot|cant|can not) find (?:my|our|her|his|the) _ CHILDREN, lost (?:my|our) (?:son|daughter|child|kid|baby|
        toddler|little)""",
    "children": r"""
        (?:enfants?|bebes?|petits?|nourrissons?) (?:seuls?|en danger|enferme\w*|maltraite\w*|blesse\w*|en pleurs),
        enfants? malades, (?:bebe|enfant|gamin|fille|fils|petite?) _ (?:enfermee?|seule?|laissee?) dans (?:une|la|sa|
        cette) voiture, (?:bebe|enfant|gamine?|petite?) _ (?:au bord de la fenetre|sur le rebord|sur le toit|
        sur les rails|sur la route|sur les voies), (?:child|children|kids?|baby) (?:is |are )?(?:in danger|alone|
        missing), (?:baby|child|kids?|toddler|children) _ (?:locked|alone|left) _ (?:in|inside) _ (?:car|van|house),
        (?:baby|child|kid|kids|toddler) _ (?:on the (?:roof|ledge|tracks))""",
    "hurt": r"""
        (?:fait|faire|fais) _ (?:malaise|infarctus|avc|arret cardiaque|crise cardiaque|overdose|hemorragie),
        PERSON _ inconsciente?s?, (?<=est\s|ble\s|ait\s|ont\s|urs\s)inconsciente?s?(?! de| d| des| du| qui),
        inconsciente?s? (?:au sol|par terre|a terre|sur|dans|devant), perd(?:u|s)? connaissance,
        sans connaissance, s est evanouie?, evanouie? (?:au|dans|sur|devant|par), tombee?s? dans les pommes,
        respire (?:plus|pas|pu|mal|presque plus), s etouffe, arret cardiaque, arret cardio\w*, crise (?:cardiaque|
        d epilepsie|d asthme), convulsions?, convulse, dans le coma, inanimee?s?, corps sans vie,
        PERSON __ (?:bouge (?:plus|pas|pu)|reagit (?:plus|pas)), PERSON __ (?:couchee?|allongee?|etendue?|ecroulee?|
        effondree?|git|gisant|tombee?) _ (?:par terre|au sol|a terre|sur le trottoir|sur la route|dans la neige|
        sur la chaussee|dans le fosse), PERSON _ tombee?s? (?:dans (?:la|le|un|une|l)|du|de la fenetre|d un|
        par la fenetre|du balcon|du toit|dans les escaliers|de son velo)(?! meme| debat| panneau| piege),
        sang (?:partout|par terre|sur|coule), (?<=\ba\sdu\s)sang, (?:perd|perdu|perds|plein|avec) (?:beaucoup )?(?:du|
        de) sang, flaque de sang, couverte?s? de sang, pisse le sang, (?<=\ben\s)sang(?! froid), ensanglante\w*,
        hemorragie, saign(?:e|es|ent|ait|ant|ements?), (?:peut|peux|arrive|arrivent|peuvent) (?:plus|
        pas) (?:a )?se relever, PERSON __ (?:va mourir|est en train de mourir|mourante?), entre la vie et la mort,
        grievement, PERSON _ (?:percutee?s?|renversee?s?|fauchee?s?|ecrasee?s?|heurtee?s?) , renversee?s? par (?:une?|
        la|le|des) (?:voiture|bus|camion|velo|trottinette|scooter|moto|tram\w*|chauffard|train), percutee?s? (?:par|
        violemment), (?:envoyez|appelez|besoin) _ (?:secours|pompiers|ambulance|samu), PERSON _ (?:coincee?s?|
        bloquee?s?|piegee?s?) _ (?:sous|dessous|dans|ascenseur), PERSON _ coincee?s?, coincee?s? dessous,
        ensevelie?s?, sous les (?:decombres|gravats), unconscious, not breathing, (?:isn t|stopped) breathing,
        can t breathe, passed out, fainted, bleeding, PEOPLE _ (?:collapsed|unresponsive|not responding|not moving|
        isn t moving|dying), PEOPLE _ (?:lying|laying|face down|down) _ (?:on|in) the (?:ground|floor|sidewalk|road|
        street|snow|pavement|grass), heart attack, having a (?:seizure|stroke), (?<=is\s|re\s|as\s)(?:badly|seriously|
        severely) (?:hurt|injured), needs? an ambulance, send an ambulance, PEOPLE _ (?:was|been|just|got|
        were) _ (?:hit|struck|run over) by, PEOPLE _ (?:trapped|pinned|stuck under|stuck in the elevator),
        blood (?:everywhere|all over)""",
    "water": r"""
        se noie(?:nt)?, noyades?, (?:s est|sont|se sont) noyee?s?, va se noyer, tombee?s? (?:a|dans|en) l eau,
        (?:tombee?s?|glisse|saute|chute|jetee?s?|bascule|coule) _ dans (?:la|le|l|un|une)
        (?! fosse| trou| bouche| vide| port| cuve| egouts?| mare) WATERS,
        (?:il|elle) est tombee?s? dans (?:le|la|un|une) WATERS,
        PERSON _ a l eau(?! chaude| froide| de), drown\w*, (?:fell|fallen|slipped|jumped) (?:in|into|in to|through|
        onto) (?:the|a|an) _ RIVERS, (?<=\bl\s)eau (?:monte|rentre chez|entre chez|envahit|nous arrive|m arrive),
        leau monte, cave se remplit, digue (?:cede|rompue|a cede), emportee?s? par (?:l eau|le courant|la crue|
        les eaux|les flots|une vague), (?:inond\w*|sous l eau) __ KIN _ (?:dedans|fauteuil|handicapee?|coincee?s?|
        bloquee?s?|alitee?|grabataire|seule?|marche|reste|bas|a l interieur|etage), (?:coincee?s?|bloquee?s?|
        piegee?s?|prisonniere?s?) __ (?:inond\w*|l eau monte|les eaux|crue), KIN __ (?:coincee?s?|bloquee?s?|
        fauteuil) __ inond\w*, flood(?:s|ed|ing)? __ PEOPLE __ (?:wheelchair|trapped|stuck|inside|alone|down there|
        bed|upstairs|help), (?:trapped|stuck|stranded) __ flood\w*, PEOPLE __ (?:wheelchair|trapped|
        stuck) __ flood\w*, swept away, PEOPLE _ washed away, water is (?:rising|rushing|pouring)""",
    "fire": r"""
        (?:prend|prends|pris|prendre|prennent) feu, (?<=\ben\s)feu, y a (?:le|du) feu, ya le feu, (?:mis|met|mettent|
        mettre) le feu (?:a|au|aux|dans|chez|dehors), (?<=\ble\s|\bdu\s)feu (?:dans|chez|a la|a l|au|aux|sur|en bas),
        au feu au feu, feu (?:de|d|dans) (?:la )? (?:poubelles?|voitures?|cuisine|appartement|forets?|broussailles?|
        vegetation|caves?|immeuble|cheminee|palettes?), brule (?:devant|dans|sur|depuis|au|en bas|rue|place|derriere),
        THINGS _ (?:brule|brulent|bruler|crame|crament|cramer|flambe|flambent|flamber|en flammes|prend feu|explose),
        (?<=\ben\s)flammes, flammes (?:sort\w*|dans|sur|au|qui|partout|devant), departs? de feu, debut d incendie,
        incendie (?:en cours|vient|se propage|s est declare|ravage|dans (?:mon|ma|notre|l|la|le) _ (?:immeuble|cave|
        maison|ecole|appartement|rue)), sent le (?:brule|crame|cramer|bruler), odeur de (?:brule|crame|bruler),
        fumee (?:noire |epaisse |blanche |grise )?(?:qui |qi |ki )?(?:sort\w*|s echappe\w*|s echapant|monte|partout|
        envahit|arrive|provenant|vient|dans (?:l|la|le|les|mon|ma|notre)|au (?:sous sol|plafond)), fume (?:et|depuis|
        beaucoup) _ (?:etincelle\w*|brule|gaz), explosion (?:dans|au|a la|a l|rue|chez|de gaz|vient|entendue?|place|
        d une?), (?:grosse|forte|enorme|violente) explosion(?! de| des| du| d), THINGS _ (?:a|vient d|va|ont|
        d) explos(?:e|er), vient (?:de|d) (?:prendre feu|exploser|sauter), (?<=\bon\s)fire, (?<=is\s|re\s)burning,
        house fire, (?:caught|catching|catches) fire, (?<=\bin\s)flames, fire (?:broke out|spreading|inside|burning|
        in (?:my|the|our|a|an)|on the|at the|near the|behind), (?:smoke|flames) _ (?:coming|pouring|billowing|rising|
        filling|everywhere|out of|inside|shooting), (?:lots of|black|thick|heavy) smoke, smell(?:s|ing)? (?:of |
        like )? (?:smoke|something burning|burning), burning smell, (?:huge|big|loud|massive) explosion(?! of),
        explosion (?:at|in|near|heard), exploded (?:in|near|at|on), (?:set|setting|lit) _ on fire""",
    "gas": r"""
        (?:odeurs?|fuites?|sent|sens|sentons|pue|pu|puent|fuit|schlingue) _ gaz, gaz (?:reste )?allume,
        gaz (?:qui )?(?:fuit|s echappe), (?:conduite|tuyau|canalisation|arrivee|bouteille|
        bonbonne) de gaz _ (?:percee?|arrachee?|cassee?|touchee?|fuit|explos\w*|fui|en feu|sectionnee?),
        monoxyde _ (?:sonne|bipe|bippe|hurle|declenche|dans|chez|alerte), (?:alarme|detecteur) _ (?:monoxyde|
        gaz) __ (?:sonne|bipe|bippe|hurle|declenchee?), (?:intoxi\w*|empoisonn\w*) (?:au|par) _ (?:monoxyde|co|gaz|
        fumees?), gas leak(?:s|ing|ed)?, leaking gas, (?:smells?|smelling|smelled|odou?r|reeks|stinks) _ gas,
        gas (?:smell|odou?r), gas (?:pipe|line|main) _ (?:broken|hit|burst|ruptured|leaking|cut), riecht nach gas,
        carbon monoxide, (?:fuite|nuage|odeur) (?:de|d) (?:chlore|ammoniac|produits? (?:toxiques?|chimiques?)),
        nuage toxique, chemical (?:leak|spill)""",
    "electricity": r"""
        (?:fil|cable|cables|lignes?) _ (?:a nu|denudee?s?|nus?|par terre|au sol|tombee?s?|arrachee?s?|pend(?:ent|
        ant)?|trainent?|sectionnee?s?), fils _ (?:a nu|denudee?s?|nus|par terre|au sol|arraches|pend(?:ent|ant)|
        trainent|apparents|a decouvert|a l air libre|sortent), fils (?:electriques? )?(?:sont |qui sont )?tombes,
        electrocut\w*, electrisee?s?, choc electrique, decharge electrique, pri(?:s|se|ends?) (?:le|du|un|une|
        coup de) (?:jus|chataigne), prend (?:le|du) jus, prises? de jus, POWERED _ (?:etincelles?|gresill\w*|
        crepit\w*|fait des arcs|fument?), (?:etincelles?|arc electrique) __ POWERED, (?:pylone|poteau (?:electrique|
        edf|enedis|telephonique|beton)) _ (?:tombee?|couchee?|a terre|au sol|menace|plie|arrachee?|en travers),
        (?:live|bare|exposed|hanging|fallen|loose|downed|sparking|dangling) (?:electric(?:al)? |power )?(?:wires?|
        cables?|lines?), power lines? _ (?:down|fell|fallen|hanging|sparking|snapped|burning|on the (?:ground|road|
        street|sidewalk)), (?:wires?|cables?) (?:are |is )?(?:sparking|exposed|down|on the ground|hanging (?:down|low|
        over)), sparks? (?:flying|coming|from|shooting), sparking, electric(?:al)? shock, got (?:shocked|zapped),
        transformer _ (?:sparking|smoking|exploded|blew|humming and)""",
    "collapse": r"""
        BUILT __ (?:s ?effondre(?:nt)?|s ?ecroule(?:nt)?|s ?affaisse(?:nt)?|est en train de (?:tomber|s effondrer|
        s ecrouler|ceder|pencher)|(?:vient|viennent) de (?:tomber|ceder|lacher|s effondrer|s ecrouler)|
        s est effondree? (?:sur|avec|et)), (?:vient|viennent|train|entrain) de s ?(?:effondrer|ecrouler), (?:va|vont|
        menacent?|menasse|peut|risque|risquent) (?:de |d )?s ?(?:effondrer|ecrouler), peril imminent, (?:s effondre|
        s ecroule|seffondre|secroule) sur _ (?:PERSON|cour|trottoir|ecole|rue|voiture|route|maison), (?:s est|
        tombee?s?|abattue?|effondree?|ecroulee?) (?:effondree? |ecroulee? |abattue? )?sur (?:un|une|des|le|la|les|mon|
        ma) (?:groupe d |groupe de )?PERSON, grue (?:penche|menace|va tomber|tombe|est tombee|tombee|bascule|oscille),
        collapsing, about to (?:fall|collapse|come down), RAISED _ (?:has collapsed|just collapsed|collapsed on|
        fell on|caved in|caving in|going to collapse|coming down|collapsed), fell on _ (?:CHILDREN|man|woman|someone|
        people|person|worker)""",
    "silent": r"""
        ELDER __ repond (?:meme |toujours )?(?:plus|pas|pu)(?! a (?:mes|nos|mon|vos|ses|ma)| aux (?:mails|courriers|
        lettres)), ELDER __ (?:donne (?:plus|pas) (?:de )?(?:signe|nouvelles?)|ouvre (?:plus|pas|meme plus)|
        pas vue?s? depuis|pas bouge depuis|plus (?:de )?(?:signe de vie|nouvelles)), plus (?:de |aucun )?signe de vie,
        pas vu (?:ma|mon|la|le) (?:vieille |vieux )?ELDER depuis, (?:sans|pas de|plus de|aucune) nouvelles? de (?:ma|
        mon|la|notre) (?:voisine?|mere|pere|grand mere|tante|mamie), odeur de (?:mort|cadavre|decomposition),
        (?:voisine?|mamie|papi|grand mere|dame|mere|pere) __ (?:tombee?|chute) _ (?:chez elle|chez lui|seule?),
        (?:neighbou?rs?|grandmother|grandma|mother|aunt|elderly \w+|old (?:lady|man|woman)) __ (?:not answering|
        t answering|t answered|not answered|t answer(?:ed)?|no answer|t been seen|not been seen|stopped answering),
        t seen my _ neighbou?r (?:for|in|since), (?:neighbou?r|grandmother|elderly \w+|old (?:lady|man|
        woman)) __ (?:fell|fallen) _ (?:can t|cannot|t) (?:get up|move)""",
    "cold": r"""
        (?:sans|pas de|pas d|plus de|plus d) (?:chauffage|electricite|courant|eau chaude|chofage|chaufage) __ (?:bebe|
        bb|nourrisson|nouveau ne|jumeaux), (?:bebe|bb|nourrisson|nouveau ne) __ (?:sans|pas de|plus de|pas d|
        plus d) (?:chauffage|chofage|chaufage|electricite|courant), (?:bebe|bb|nourrisson|nouveau ne) __ (?:froid|
        degres|dehors|a la rue|hypothermie), (?<=\ba\sla\s)rue __ (?:bebe|bb|nourrisson|nouveau ne), (?:dehors|degres|
        froid) __ (?:bebe|bb|nourrisson|nouveau ne), hypothermie, mour(?:ir|ant|rir) de froid, (?:no|without) (?:heat|
        heating|power|electricity) __ (?:baby|newborn|infant|babies), (?:baby|newborn|infant) __ (?:no|
        without) (?:heat|heating|power), freezing to death, hypothermia""",
    "poison": r"""
        intoxi(?:quee?s?|cations?), empoisonne(?:e|es|s|ments?)?, (?:avale|bu|ingere|mange) _ (?:javel|mort aux rats|
        antigel|desherbant|pile|piles|produit (?:menager|toxique|chimique)|medicaments|champignons?|lessive), (?:vomi|
        vomit|vomissent|vomissements) __ (?:cantine|eau|robinet|gouter), (?:tombee?s? |sont |enfants? |
        eleves )malades? (?:apres|a cause|depuis), poisoned, poisoning, (?:swallowed|drank|ate) _ (?:bleach|pills|
        poison|battery|batteries|medication|chemicals?|antifreeze), (?:sick|vomiting) (?:after|from) _ (?:water|tap|
        cafeteria|lunch)""",
    "animals": r"""
        (?:chiens?|chienne|pit ?bulls?|molosse|rottweiler|malinois|staffs?|sangliers?|vache|taureau|cheval|singe|
        frelons|guepes|abeilles) __ (?:mordue?s?|mord|mordent|attaquent|attaquer|attaque|attaquee?s?|pique|piquee?s?|
        agresse|charge|chargent), mordue?s? par, vient de (?:me )? (?:mordre|se faire mordre), (?:dogs?|pit ?bulls?|
        coyotes?|bears?) _ (?:bit|bites|biting|bitten|attack|attacks|attacking|mauled|mauling|lunged), bitten by,
        bit (?:my|a|me|him|her)""",
}

SOON = {
    "danger": r"""
        dangers?, dangereu\w*, dangerous\w*, perils?, perilleu\w*, (?:va|vont) finir (?:mal|en accident),
        attend l accident, faut un mort, (?:grave accident|accident grave)s?, (?<=\bles\s)pompiers, (?<=\ble\s)samu,
        risques? de (?:chute|tomber|blessures?|s effondrer)""",
    "collapse": r"""
        (?:va|vont|peut|menacent?) (?:de )?tomber, ne tient (?:plus|que), tient plus (?:que|qu), s est (?:effondre|
        ecroule)e?, fissures?, BUILT _ s ?(?:effondre|ecroule|affaisse), power lines?, court circuit, sous tension,
        lampadaire _ penche, armoire electrique ouverte""",
    "flood": r"""
        inond(?:ee?s?|e|ent|er|ations?), flood(?:s|ed|ing)?, (?<=\ben\s|\bla\s)crue, (?:eau|eaux) (?:qui )?(?:rentre|
        entre) (?:dans|chez)""",
    "fire": r"""
        incendies?, incendiee?s?, brulures?, fumee noire, odeur de fumee, (?<=\ba\s)fire, explosifs?,
        mortiers? d artifice""",
    "hurt": r"""
        seringues?, syringes?, bless(?:ee?s?|ures?), injur(?:ed|y|ies), s est fait mal, tombee?s? (?:et|
        de) _ (?:hopital|urgences|points de suture), (?:jambe|bras|poignet|hanche|col du femur) cassee?,
        broken (?:leg|arm|hip|wrist), percutee?s?, renversee?s? par""",
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
        not safe)""",
    "animals": r"""
        (?:chiens?|pit ?bulls?|molosses?) _ (?:agressifs?|mechants?|errants?|menacants?|sans museliere),
        nids? de (?:frelons|guepes), (?:aggressive|vicious|stray|rabid) (?:dogs?|pit ?bulls?), vipere""",
}
