"""Sources of the formulas."""

from portevoix.kernel.i18n import gettext_noop

OWN = gettext_noop("Portevoix")
STUDY_2013 = gettext_noop("Adverbia’s study of 2013 for La Gazette des communes")
KAPLAN_MEIER = gettext_noop("Kaplan and Meier, JASA 53, 1958")
RESTRICTED = gettext_noop("Klein and Moeschberger, Survival Analysis, 2003, § 4.5")
BONSON_RATKAI = gettext_noop("Bonsón and Ratkai, Online Information Review 37, 2013")
MERGEL = gettext_noop("Mergel, Government Information Quarterly 30, 2013")
DEPAULA = gettext_noop("DePaula, Dincelli and Harrison, Government Information Quarterly 35, 2018")
WCAG = gettext_noop("WCAG 2.2, success criterion 1.1.1")
COUNCILS_2012 = gettext_noop("Study of Catalan councils, 2012")
