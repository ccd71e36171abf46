"""What a client comes for, and what stops a procedure.

From the method's description: both lists. Ours, to be reviewed: which contraindications pass, and
after how many days.
"""

from procedures.catalogue.lines import ContraindicationLine, Line

INDICATIONS = (
    Line("warts", "Warts and papillomas", "Бородавки и папилломы"),
    Line(
        "acne",
        "Acne or the consequences of its improper treatment",
        "Акне или последствия его неправильного лечения",
    ),
    Line("turgor", "Decreased skin turgor", "Снижение тургора кожи"),
    Line("complexion", "Changed complexion", "Изменение цвета лица"),
    Line("fine_wrinkles", "Fine wrinkles", "Мелкие морщины"),
    Line("skin_disease", "Certain skin diseases", "Некоторые заболевания кожи"),
    Line("pigmentation", "Increased pigmentation", "Повышенная пигментация"),
    Line("ageing", "Premature wilting and ageing", "Преждевременное увядание и старение кожи"),
    Line("enlarged_pores", "Enlarged pores", "Расширенные поры"),
    Line("oily_skin", "Oily skin", "Жирная кожа"),
    Line("puffiness", "Puffiness and bags under the eyes", "Отёчность и мешки под глазами"),
    Line(
        "stretch_marks_scars",
        "Stretch marks, scars and similar defects",
        "Растяжки, рубцы и подобные дефекты кожи",
    ),
)

CONTRAINDICATIONS = (
    ContraindicationLine(
        "cold_allergy",
        "Allergic reaction to cold",
        "Аллергическая реакция на холод",
        "Have you ever had an allergic reaction to cold: hives, swelling, blisters?",
        "Бывала ли у вас аллергическая реакция на холод: крапивница, отёк, волдыри?",
    ),
    ContraindicationLine(
        "herpes_acute",
        "Herpes infection in the acute stage",
        "Герпетическая инфекция в стадии обострения",
        "Do you have a flare-up of herpes now: on the lips, on the skin, shingles?",
        "Есть ли у вас сейчас обострение герпеса: на губах, на коже, опоясывающий лишай?",
        days=14,
    ),
    ContraindicationLine(
        "couperose",
        "Couperose",
        "Купероз",
        "Do you have couperose, a visible network of fine blood vessels? On which zones?",
        "Есть ли у вас купероз — видимая сосудистая сетка на коже? На каких зонах?",
        zone_bound=True,
    ),
    ContraindicationLine(
        "skin_damage",
        "Skin damage in the area of impact",
        "Повреждение кожи в зоне воздействия",
        "Is the skin damaged anywhere: wounds, abrasions, burns, inflammation? On which zones?",
        "Есть ли на коже повреждения: раны, ссадины, ожоги, воспаления? На каких зонах?",
        days=14,
        zone_bound=True,
    ),
    ContraindicationLine(
        "oncology",
        "Oncological disease, neoplasm of unclear nature",
        "Онкологическое заболевание, новообразование неясной природы",
        "Do you have an oncological disease or a growth whose nature is unclear?",
        "Есть ли у вас онкологическое заболевание или новообразование неясной природы?",
    ),
    ContraindicationLine(
        "cardiovascular",
        "Certain cardiovascular diseases (ischaemia, heart failure, heart attack, hypertension)",
        "Некоторые сердечно-сосудистые заболевания"
        " (ишемия, сердечная недостаточность, инфаркт, гипертония)",
        "Do you have a disease of the heart or blood vessels: ischaemia, heart failure, a heart "
        "attack in the past, hypertension?",
        "Есть ли у вас заболевания сердца или сосудов: ишемическая болезнь, сердечная "
        "недостаточность, перенесённый инфаркт, гипертония?",
    ),
    ContraindicationLine(
        "acute_infection",
        "Acute infection",
        "Острая инфекция",
        "Do you have an acute infection now, such as a cold or influenza?",
        "Есть ли у вас сейчас острая инфекция, например ОРВИ или грипп?",
        days=14,
    ),
    ContraindicationLine(
        "chronic_exacerbation",
        "Exacerbation of an existing chronic disease",
        "Обострение хронического заболевания",
        "Is a chronic disease of yours getting worse at present?",
        "Есть ли у вас сейчас обострение хронического заболевания?",
        days=14,
    ),
    ContraindicationLine(
        "mental_disorder",
        "Certain serious mental disorders",
        "Некоторые тяжёлые психические расстройства",
        "Has a doctor diagnosed a serious mental disorder?",
        "Установлено ли у вас врачом тяжёлое психическое расстройство?",
    ),
    ContraindicationLine(
        "tuberculosis",
        "Active tuberculosis",
        "Активный туберкулёз",
        "Do you have active tuberculosis?",
        "Есть ли у вас активная форма туберкулёза?",
    ),
    ContraindicationLine(
        "thrombosis",
        "Thrombosis or a tendency to form clots",
        "Тромбоз или склонность к образованию тромбов",
        "Do you have a thrombosis or a tendency to form blood clots?",
        "Есть ли у вас тромбоз или склонность к образованию тромбов?",
    ),
    ContraindicationLine(
        "cns_disease",
        "Severe disease of the central nervous system",
        "Тяжёлое заболевание центральной нервной системы",
        "Do you have a severe disease of the central nervous system?",
        "Есть ли у вас тяжёлое заболевание центральной нервной системы?",
    ),
    ContraindicationLine(
        "postoperative",
        "Postoperative period",
        "Послеоперационный период",
        "Are you still recovering from an operation?",
        "Восстанавливаетесь ли вы сейчас после операции?",
        days=30,
    ),
    ContraindicationLine(
        "recent_aggressive_procedure",
        "Recent aggressive cosmetic procedure (mesotherapy, deep peeling, …)",
        "Недавняя агрессивная косметологическая процедура (мезотерапия, глубокий пилинг и др.)",
        "Have you recently had an aggressive cosmetic procedure: mesotherapy, a deep peeling?",
        "Проводилась ли вам недавно агрессивная косметологическая процедура: мезотерапия, "
        "глубокий пилинг?",
        days=14,
    ),
    ContraindicationLine(
        "fever",
        "Elevated body temperature",
        "Повышенная температура тела",
        "Is your body temperature elevated now?",
        "Повышена ли у вас сейчас температура тела?",
        days=7,
    ),
)
