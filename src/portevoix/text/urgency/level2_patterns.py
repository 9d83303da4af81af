"""Phrases about each danger, by name, separated by commas, as `urgency` reads them.

They apply to folded text in which every apostrophe, hyphen and comma is a space: "n'est pas" is "n est pas". _ stands
for up to three words, __ for up to six, capitals for the words named in SAID; lines break after a bar or a comma. A
false alarm costs a glance, a missed one may cost a life: in doubt, a phrase belongs to the higher level.
"""

NOW = {
    "cries": r"""
        FIRSTsosLAST, FIRSTsos\W*\b(?:svp|stp|please|sos)LAST, sos\W* (?:svp )?(?:vite|aidez|a l aide|help|au secours|
        pompiers|samu), (?:au|o) secour, ausecours?, FIRSTaide[rz]? ?(?:moi|nous)(?:\W*(?:svp|stp|s il (?:vous|te)
        plait|pitie|par|vite|urgent)\b)*LAST, aide[rz]? ?(?:moi|nous) (?:svp |stp |s il (?:vous|te) plait )?(?:vite|
        vit|par pitie|je vous en supplie|on (?:me|nous) (?:suit|frappe|attaque|tape)|je vais mourir|je suis (?:coince|
        enferme|blesse)e?(?! (?:sur|avec|chez|a|au))), vite\W* aide[rz] ?(?:moi|nous), aideALAIDE(?:\W*(?:svp|vite|
        pitie|par)\b)*LAST, laide(?<=\ba\slaide)LAST, FIRSTvenez viteLAST, venez (?:vite|tout de suite|
        immediatement)(?= (?:il y a|ya|y a|il me|il se|il va|ca brule|ca crame|on nous|on m|on me) ), (?:appelez|
        envoyez|apele[rz]|appeler) vite _ (?:police|quelqu un|flics|gendarmes|du monde), (?<!plus\s|trop\s|ssez\s|
        ussi\s)vite\W* _ (?:secours|pompiers?|ambulance|samu|blessee?s?|inconsciente?s?), (?<!si\sun\s|i\sune\s|
        qu\sun\s|u\sune\s)PERSON (?:est|sont) (?:gravement |tres )?blessee?s?, FIRSThelp(?:\W*(?:me|us|please|pls|plz|
        now|fast|quick|quickly|asap|hurry|help|svp|vite)\b)*LAST, help(?<=please\shelp)(?<![^\0]please\shelp)(?:
        me| us)?LAST, (?<=please\s)help (?:me|us) (?:now|quick|quickly|fast|hurry)(?! with), help me please, (?<!an\s|
        ld\s)(?:someone|somebody|anyone) help (?:me|us|him|her)(?! with| to| find| out| get| under| fill), call an
        ambulance, FIRSTcall 911, mayday, FIRSTsend helpLAST, send (?:paramedics|firefighters|police (?:now|quick|
        quickly|fast|asap|immediately)), (?:hurry|quick|quickly|help|emergency)\W* _ PEOPLE (?:is|are|got|has been)
        (?:badly |seriously )?(?:hurt|injured), CHILDREN (?:is|are|got) (?:badly )?(?:hurt|injured) (?:(?:please|come|
        help) )*(?:hurry|help|quick|quickly|now|fast|come)""",
    "lifts": r"""
        (?:coincee?s?|coincer|bloquee?s?|bloquer|enfermee?s?|piegee?s?|prisonniere?s?|pris au piege) _ (?:dans|ds|dan)
        (?:l |un |cet |cette |notre |le |mon |les |des )?LIFT(?! social), (?:coincee?s?|bloquee?s?|enfermee?s?) depuis
        __ (?:dans|ds) (?:l |un |cet |notre |le )?LIFT(?! social), LIFT __ (?:PERSON|je|on|nous) (?:(?:est|sont|suis|
        sommes|agee|enceinte|coincee?s?|bloquee?s?|enfermee?s?) )*(?:dedans|a l interieur|a bord|dans la cabine), LIFT
        _ (?:bloque|coince|immobilise|stoppe)e?s? entre, PERSON _ dans (?:l |un |cet )?LIFT (?:\w+ )?(?:bloquee?|
        arretee?|en panne|coincee?), (?:nacelle|manege|grande roue|tyrolienne) __ (?:coincee?s?|
        bloquee?s?|arretee?s?) __ (?:PERSON|dedans|en haut|en l air), (?<=\ssuis\s|ommes\s|n\sest\s)(?:enfermee?s?|
        coincee?s?) (?:a cle )?dans (?:les|la|le|l|un|une|des) (?:toilettes|wc|sanisette|parc|square|cimetiere|parking|
        cave|local|sas|gymnase|ecole|chambre froide|coffre), (?:stuck|trapped|locked) _ (?:in|inside) _ (?:elevators?|
        elavator|lifts?), (?:elevator|lift) _ stuck (?:between|with), (?:elevator|lift) __ (?:stuck|broken|stopped|
        broke) __ (?:inside|in it|trapped), PEOPLE __ (?:in|inside) (?:the|a|an|our) (?:stuck|broken|stopped)
        (?:elevator|lift), (?:ferris wheel|zip ?line|cable car|gondola|chairlift) _ stuck, (?<=\sam\s|\sre\s|are\s|
        i\sm\s)locked (?:in|inside) the (?:park|restroom|bathroom|toilets?|library|cemetery|garage|stairwell|basement|
        building)""",
    "devices": r"""
        (?:sans|pas de|pas d|plus de|plus d) (?:courant|electricite|elec|jus) __ _ DEVICE, (?:sans|pas de|pas d|plus
        de|plus d) eau __ _ dialys\w*, (?:coupures?|coupee?s?|saute|pannes? (?:de courant|d electricite|electriques?|de
        secteur)) __ _ DEVICE, DEVICE __ (?:courant|electricite|elec|panne|coupure|coupee?s?|batterie (?:vide|faible|
        tient)|s arrete), dialys\w* __ eau, (?:no|without|lost|losing) (?:power|electricity|water) __ MEDICAL,
        (?:outage|blackout|power (?:is |went |has been )?(?:out|off|cut)) __ MEDICAL, MEDICAL __ (?:no|without|lost|
        losing) (?:power|electricity|water), MEDICAL __ (?:outage|blackout|power (?:is |went |has been )?(?:out|off|
        cut)), MEDICAL _ (?:stopped|dying|running out|shut (?:down|off))""",
    "strangers": r"""
        STRANGER __ (?:suit|suivent|suivait|suivaient|aborde|abordent|abordait|accoste\w*|photographie|photographiait|
        filme|filment|filmait|prend en photo|guette|mate|s approche des|s approchait des|importune|attire) _ YOUNG,
        STRANGER __ bonbons __ (?:YOUNG|ecole|college), STRANGER _ (?:me|nous) (?:suit|suivent|poursuit|suivait),
        (?:type|homme|mec|individu|inconnu) __ (?:faire )?(?:monter|embarquer) __ (?:YOUNG|dans sa voiture), faire
        monter _ dans (?:sa|son|leur) (?:voiture|camionnette|fourgon|vehicule), YOUNG __ (?:monter|montent|monte) dans
        (?:sa|son|leur) (?:voiture|camionnette|fourgon|vehicule), (?:suivie?s?|abordee?s?|accostee?s?) (?:dans la
        rue )?par (?:un|une|des|2|deux) (?:jeunes? )?(?:STRANGER|voiture), fait (?:suivre|aborder|accoster|suivie)
        (?:par (?:un|une|des) STRANGER|dans la rue|jusque), rode(?:nt|ur)? _ (?:autour|devant|pres|aux abords|a la
        sortie|derriere) __ (?:ecole|college|creche|lycee|square|jeux|enfants|maternelle), (?:man|men|guys?|stranger|
        someone|somebody|creep|weirdo|dude|pervert|van) __ (?:following|follows|followed|photographing|filming|
        approaching|approached|grabbing|grabbed|stalking|luring|(?:taking|takes|took) (?:photos|pictures|videos) of|
        offering candy to|talking to)(?! up) (?:(?:the|my|our|young|little|school|small|two|these) )*(?:CHILDREN|
        schoolgirls|students), (?:strange|creepy|weird|suspicious|unknown) (?:man|guy|men|guys|individual|dude|person)
        __ (?:school|playground|daycare|kids|children|girls|kindergarten), (?:man|guy|men|someone|stranger|creep) _
        (?:following|followed|chasing|stalking) (?:me|us)""",
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
        (?:crie|crient|hurle|hurlent|appelle|appellent) (?:au secours|a l aide), au secours, hilfe,
        attacked, assault(?:ed|ing)?, stabbed, stabbing, raped, raping, mugged, kidnapp\w*, abduct(?:ed|ing|ion),
        domestic (?:violence|abuse), child abuse, abus(?:es|ing) (?:his|her|their|my|the|a) _ CHILDREN, (?:beating|
        beats|beat|hitting|hits|punching|punched|kicking|attacking|strangling|choking|slapping|molesting|
        threatening) (?:up )?(?:a|an|his|her|my|the|on|another|their|our|up) _ PEOPLE, (?:beating|strangling|choking|
        attacking|assaulting|stalking) (?:someone|somebody|me|him|her|people), (?:husband|boyfriend|partner|ex|dad|
        father|he|she|wife|girlfriend|stepfather) (?:is |just |keeps |has )?(?:hits?|hitting|beats?|beating|beaten|
        punche[ds]|kicks|kicked|slaps|slapped|strangled|choked|choking|rapes|hurts|hurting) (?:me|us|her|him|my|his|
        our), being (?:attacked|robbed|beaten|chased|raped|assaulted), scream(?:s|ing|ed)? for help""",
    "weapons and threats": r"""
        coups? de (?:couteau|feu|poing|fusil|hache|machette), (?:j ai|il a|elle a) une? WEAPON,
        (?:qui|ki|qi) a (?:un|une|1) (?:gros |grand )?WEAPON (?:dans|devant|sur|a la main|et|la), (?:avec|sort|sorti|
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
        CHILD __ (?:bleus partout|couverte?s? de bleus|marques de coups|hematomes),
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
        grievement, PERSON _ UNMISSED(?:percutee?s?|renversee?s?|fauchee?s?|ecrasee?s?|heurtee?s?) ,
        UNMISSEDrenversee?s? par (?:une?|la|le|des) (?:voiture|bus|camion|velo|trottinette|scooter|moto|tram\w*|
        chauffard|train), UNMISSEDpercutee?s? (?:par|violemment), (?:envoyez|appelez|besoin) _ (?:secours|pompiers|
        ambulance|samu), PERSON _ (?:coincee?s?|
        bloquee?s?|piegee?s?) _ (?:sous|dessous|dans|ascenseur), PERSON _ coincee?s?, coincee?s? dessous,
        ensevelie?s?, sous les (?:decombres|gravats), unconscious, not breathing, (?:isn t|stopped) breathing,
        can t breathe, passed out, fainted, bleeding, PEOPLE _ (?:collapsed|unresponsive|not responding|not moving|
        isn t moving|dying), PEOPLE _ (?:lying|laying|face down|down) _ (?:on|in) the (?:ground|floor|sidewalk|road|
        street|snow|pavement|grass), heart attack, having a (?:seizure|stroke), (?<=is\s|re\s|as\s)(?:badly|seriously|
        severely) (?:hurt|injured), needs? an ambulance, send an ambulance,
        PEOPLE _ UNMISSED(?:was|been|just|got|were) _ UNMISSED(?:hit|struck|run over) by,
        PEOPLE _ (?:trapped|pinned|stuck under|stuck in the elevator),
        blood (?:everywhere|all over)""",
    "water": r"""
        (?:monte|rentre|entre) (?:dans|jusqu) __ _ (?:fauteuil roulant|alitee?s?|handicapee?s?), bloquee?s? (?:a l|au)
        (?:etage|premier|grenier) __ (?:eau|inond\w*), eau _ (?:aux|jusqu aux|au dessus des) (?:genoux|hanches|cuisses),
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
        fumees? (?:noires? |epaisses? |blanches? |grises? )?(?:qui |qi |ki )?(?:sort\w*|s echappe\w*|s echapant|
        monte|partout|
        envahit|arrive|provenant|vient|dans (?:l|la|le|les|mon|ma|notre)|au (?:sous sol|plafond)), fume (?:et|depuis|
        beaucoup) _ (?:etincelle\w*|brule|gaz), explosion (?:dans|au|a la|a l|rue|chez|de gaz|vient|entendue?|place|
        d une?), (?:grosse|forte|enorme|violente) explosion(?! de| des| du| d), THINGS _ (?:a|vient d|va|ont|
        d) explos(?:e|er), vient (?:de|d) (?:prendre feu|exploser|sauter), (?<=\bon\s)fire, (?<=is\s|re\s)burning,
        house fire, (?:caught|catching|catches) fire, (?<=\bin\s)flames, fire (?:broke out|spreading|inside|burning|
        in (?:my|the|our|a|an)|on the|at the|near the|behind), (?:smoke|flames) _ (?:coming|pouring|billowing|rising|
        filling|everywhere|out of|inside|shooting), (?:lots of|black|thick|heavy) smoke,
        smell(?:s|ing)? smoke (?:in|inside|from|coming), smell(?:s|ing)? (?:of |
        like )? (?:smoke|something burning|burning), burning smell, (?:huge|big|loud|massive) explosion(?! of),
        explosion (?:at|in|near|heard), exploded (?:in|near|at|on), (?:set|setting|lit) _ on fire""",
    "gas": r"""
        (?:odeurs?|fuites?|sent|sens|sentons|pue|pu|puent|fuit|schlingue) _ gaz, gaz (?:reste )?allume, gaz
        (?:qui )?(?:fuit|s echappe), (?:conduite|tuyau|canalisation|arrivee|bouteille|bonbonne) de gaz _ (?:percee?|
        arrachee?|cassee?|touchee?|fuit|explos\w*|fui|en feu|sectionnee?), monoxyde _ (?:sonne|bipe|bippe|hurle|
        declenche|dans|chez|alerte), (?:alarme|detecteur) _ (?:monoxyde|gaz) __ (?:sonne|bipe|bippe|hurle|declenchee?),
        (?:intoxi\w*|empoisonn\w*) (?:au|par) _ (?:monoxyde|co|gaz|fumees?), gas leak(?:s|ing|ed)?, leaking gas,
        (?:smells?|smelling|smelled|odou?r|reeks|stinks) _ gas, gas (?:smell|odou?r), gas (?:pipe|line|main) _
        (?:broken|hit|burst|ruptured|leaking|cut), riecht nach gas, carbon monoxide, (?:fuite|nuage|odeur) (?:de|d)
        (?:chlore|ammoniac|produits? (?:toxiques?|chimiques?)), nuage toxique, chemical (?:leak|spill), oeufs? pourris?
        __ (?:gaz|hall|immeuble|escaliers?|couloir|appart\w*|cuisine|caves?|mal a la tete|vertiges?), gaz __ oeufs?
        pourris?, (?:alerte|alarme|fuite|suspicion) _ monoxyde, monoxyde (?:de carbone )?__ (?:sonne|vertiges?|maux de
        tete|mal (?:a la|de) tete|nausees?|malaises?|alarme|appart\w*|chambre), (?:chaudiere|poele|chauffe eau|brasero|
        groupe electrogene|chauffage a petrole|convecteur a gaz) __ _ (?:vertiges?|mal (?:a la|de) tete|maux de tete|
        tete (?:me |nous |lui )?tourne|nausees?|malaises?|etourdi\w*|refoul\w*|monoxyde), (?:vertiges?|maux de tete|mal
        (?:a la|de) tete|nausees?|tete qui tourne) __ (?:chaudiere|poele|chauffe eau|brasero|groupe electrogene|gaz),
        (?:barbecue|brasero|groupe electrogene) (?:pour (?:se|nous|me) chauffer|dans (?:la chambre|le salon|la
        cuisine)), co (?:alarm|detector)s? _ (?:going off|beeping|went off|sounding|ringing), (?:boiler|furnace|
        generator|space heater) __ (?:dizzy|headaches|nause\w*|fumes|lightheaded), (?:dizzy|headaches|nause\w*) __
        (?:boiler|furnace|fumes|generator|heater), (?:run|runs|running|using) _ generator (?:inside|indoors|in (?:the|
        their|his|her|my|our) (?:garage|basement|house|apartment)), generator (?:running |is |on )+(?:inside|indoors|in
        (?:the|their|his|her|my|our) (?:garage|basement|house|apartment|bedroom|living room)), rotten eggs? __ (?:gas|
        hallway|building|basement|apartment|kitchen|house|stairwell|headaches?|dizzy)""",
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
        BUILT __ (?:s ?effondre(?:nt)?|s ?ecroule(?:nt)?|s ?affaisse(?:nt)?|est en train de (?:tomber|s effondrer|s
        ecrouler|ceder|pencher)|(?:vient|viennent) de (?:tomber|ceder|lacher|s effondrer|s ecrouler)|s est effondree?
        (?:sur|avec|et)), (?:vient|viennent|train|entrain) de s ?(?:effondrer|ecrouler), (?:va|vont|menacent?|menasse|
        peut|risque|risquent) (?:de |d )?s ?(?:effondrer|ecrouler), peril imminent, (?:s effondre|s ecroule|seffondre|
        secroule) sur _ (?:PERSON|cour|trottoir|ecole|rue|voiture|route|maison), (?:s est|tombee?s?|abattue?|
        effondree?|ecroulee?) (?:effondree? |ecroulee? |abattue? )?sur (?:un|une|des|le|la|les|mon|ma) (?:groupe d |
        groupe de )?PERSON, grue (?:penche|menace|va tomber|tombe|est tombee|tombee|bascule|oscille), collapsing, about
        to (?:fall|collapse|come down), RAISED _ (?:has collapsed|just collapsed|collapsed on|fell on|caved in|caving
        in|going to collapse|coming down|collapsed), fell on _ (?:CHILDREN|man|woman|someone|people|person|worker),
        TOPPLED __ (?:sur|contre) _ (?:voitures?|vehicules?|bus|car|camion|camionnette|caravane|tente|tram|auto|
        bagnole|maison|chalet|mobil home) __ (?:dedans|a l interieur|a bord|au volant|dessous|conducteur|conductrice|
        passagere?s?|occupante?s?), (?:toits?|toitures?|tuiles?|ardoises?|toles?|chapiteaux?|barnum|tente|
        echafaudages?|chateau gonflable|structure gonflable|kiosque|cheminee) __ (?:s ?envole\w*|en train de
        s ?envoler|s est envole\w*|se sont envole\w*|s arrache\w*|(?:est|sont|ete) (?:arrache|emporte|souleve)\w*|
        arrachee?s? par), (?:tuiles?|ardoises?|toles?) _ volent, (?:tree|branch|limb|pole|wall|roof) __ on _ (?:car|
        van|bus|truck|house|tent|vehicle|trailer) __ (?:inside|trapped|stuck|driver|in it|passengers?), (?:roof|
        shingles|scaffold\w*|bouncy castle|bounce house|marquee|tent|billboard) _ (?:blew|blown|blowing|flying|flew|
        ripped|torn|lifting|coming) (?:off|away)""",
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
