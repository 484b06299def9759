# ruff: noqa: RUF001  # Russian is written in letters that look like Latin ones
"""Russian, Spanish, German, French and Arabic of invented inquiries; staff answer these in English.

Fewer words than English has: they are there so that every script is met, and names of parts and codes stay Latin, as
they do in real letters.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from liju_contact.usecases.seeding.language import Language
from liju_contact.usecases.seeding.words_en import EN


def _in(language: str, *, openings: dict[str, tuple[str, ...]], nouns: tuple[str, ...], **rest: Any) -> Language:
    """Return English with what customers write replaced."""
    words: dict[str, tuple[str, ...]] = rest.pop("words")
    middles: tuple[str, ...] = rest.pop("middles")
    return replace(
        EN,
        id=language,
        openings=openings,
        middles={"other": middles},
        boilers=dict.fromkeys(EN.boilers, nouns),
        words={**EN.words, **words},
        **rest,
    )


RU = _in(
    "ru",
    greetings=("Здравствуйте!", "Добрый день!", "Уважаемые коллеги!"),
    openings={
        "quotation": (
            "Просим выслать предложение на {boiler} для объекта {site}, {city}.",
            "Нам нужны {number} единицы: {boiler}, топливо {fuel}.",
        ),
        "fault": (
            "Наш {boiler}, заводской номер {serial}, {symptom}.",
            "Срочно: {boiler} в городе {city} {symptom}, код {code}.",
        ),
        "spare-parts": (
            "Нужны запасные части: {part} и {part}, номер котла {serial}.",
            "Есть ли на складе {part}, номер {partno}?",
        ),
        "other": (
            "У нас вопрос о том, как работает {boiler} при морозе.",
            "Просим прислать каталог и сертификаты EAC на {boiler}.",
        ),
    },
    middles=(
        "Высота над уровнем моря {altitude} м.",
        "Топливо: {fuel}.",
        "Срок поставки до {month}.",
        "Допустимые выбросы {nox} мг.",
        "На дисплее {code}.",
        "Просим указать цену и условия оплаты.",
        "Котельная работает {hours} часов в сутки.",
    ),
    closings=("С уважением,", "Заранее благодарим,", "Ждём ответа,"),
    replies=(
        "Спасибо за ответ. Входит ли {part} в цену?",
        "Заменили {part}, ошибка {code} осталась.",
        "Чертёж {site} во вложении.",
    ),
    thanks=("Спасибо, всё работает.", "Получили, благодарим.", "Вопрос закрыт, спасибо."),
    nouns=("паровой котёл", "водогрейный котёл", "вакуумный котёл", "котёл", "парогенератор"),
    words={
        "part": (
            "насос",
            "горелка",
            "клапан",
            "датчик температуры",
            "прокладка",
            "экономайзер",
            "реле давления",
            "вентилятор",
        ),
        "symptom": ("не запускается", "теряет давление", "останавливается по аварии", "шумит", "течёт"),
        "fuel": ("природный газ", "дизель", "мазут", "уголь", "биогаз"),
        "month": ("марта", "сентября", "июня", "октября", "ноября"),
    },
)
ES = _in(
    "es",
    greetings=("Buenos días:", "Estimados señores:", "Hola,"),
    openings={
        "quotation": (
            "Solicitamos una cotización de {number} {boiler} para nuestra planta en {city}.",
            "Necesitamos precio de {boiler} para el proyecto {site}.",
        ),
        "fault": (
            "Nuestra {boiler}, número de serie {serial}, {symptom}.",
            "Urgente: la {boiler} de {city} {symptom} y muestra {code}.",
        ),
        "spare-parts": (
            "Necesitamos repuestos: {part} y {part} para la caldera {serial}.",
            "¿Tienen en existencia {part}, referencia {partno}?",
        ),
        "other": (
            "Quisiéramos conocer el rendimiento de la {boiler} a carga parcial.",
            "Por favor envíen el catálogo de {boiler}.",
        ),
    },
    middles=(
        "La altitud es de {altitude} m.",
        "El combustible es {fuel}.",
        "La entrega debe ser antes de {month}.",
        "El límite es de {nox} mg.",
        "La pantalla indica {code}.",
        "Indiquen precio y plazo de entrega.",
        "Trabajamos {hours} horas al día.",
    ),
    closings=("Saludos cordiales,", "Muchas gracias,", "Quedamos a la espera,"),
    replies=(
        "Gracias por la respuesta. ¿Está incluido {part}?",
        "Cambiamos {part} y sigue {code}.",
        "Adjuntamos el plano de {site}.",
    ),
    thanks=("Muchas gracias, solucionado.", "Recibido, gracias.", "La caldera ya funciona."),
    nouns=("caldera de vapor", "caldera de agua caliente", "caldera de vacío", "caldera", "caldera pirotubular"),
    words={
        "part": (
            "la bomba",
            "el quemador",
            "la válvula de seguridad",
            "el sensor",
            "la junta",
            "el presostato",
            "el ventilador",
        ),
        "symptom": ("no arranca", "pierde presión", "se bloquea", "hace mucho ruido", "gotea"),
        "fuel": ("gas natural", "diésel", "GLP", "biogás", "bagazo"),
        "month": ("marzo", "septiembre", "junio", "octubre", "noviembre"),
    },
)
DE = _in(
    "de",
    greetings=("Sehr geehrte Damen und Herren,", "Guten Tag,", "Hallo,"),
    openings={
        "quotation": (
            "bitte bieten Sie uns {number} {boiler} für unser Werk in {city} an.",
            "für das Projekt {site} suchen wir {boiler}.",
        ),
        "fault": (
            "unser {boiler}, Seriennummer {serial}, {symptom}.",
            "der {boiler} in {city} {symptom}, Anzeige {code}.",
        ),
        "spare-parts": (
            "wir benötigen Ersatzteile: {part} und {part} für Kessel {serial}.",
            "haben Sie {part} mit der Nummer {partno} am Lager?",
        ),
        "other": (
            "welchen Wirkungsgrad erreicht der {boiler} bei Teillast?",
            "bitte senden Sie uns Unterlagen über {boiler}.",
        ),
    },
    middles=(
        "Der Aufstellort liegt auf {altitude} m.",
        "Brennstoff ist {fuel}.",
        "Lieferung bitte vor {month}.",
        "Der Grenzwert ist {nox} mg.",
        "Angezeigt wird {code}.",
        "Bitte nennen Sie Preis und Lieferzeit.",
        "Der Betrieb läuft {hours} Stunden am Tag.",
    ),
    closings=("Mit freundlichen Grüßen", "Vielen Dank im Voraus,", "Freundliche Grüße"),
    replies=(
        "Danke für die Antwort. Ist {part} enthalten?",
        "{part} ist getauscht, {code} bleibt.",
        "Die Zeichnung von {site} liegt bei.",
    ),
    thanks=("Vielen Dank, erledigt.", "Erhalten, danke.", "Der Kessel läuft wieder."),
    nouns=("Dampfkessel", "Heißwasserkessel", "Vakuumkessel", "Kessel", "Großwasserraumkessel"),
    words={
        "part": (
            "die Speisepumpe",
            "der Brenner",
            "das Sicherheitsventil",
            "der Fühler",
            "die Dichtung",
            "der Druckschalter",
            "das Gebläse",
        ),
        "symptom": ("startet nicht", "verliert Druck", "geht auf Störung", "klopft laut", "tropft"),
        "fuel": ("Erdgas", "Heizöl", "Flüssiggas", "Biogas", "Holzpellets"),
        "month": ("März", "September", "Juni", "Oktober", "November"),
    },
)
FR = _in(
    "fr",
    greetings=("Bonjour,", "Madame, Monsieur,", "Chers collègues,"),
    openings={
        "quotation": (
            "Merci de nous faire une offre pour {number} {boiler} à {city}.",
            "Nous cherchons une {boiler} pour le projet {site}.",
        ),
        "fault": (
            "Notre {boiler}, numéro {serial}, {symptom}.",
            "Urgent : la {boiler} de {city} {symptom}, code {code}.",
        ),
        "spare-parts": (
            "Nous avons besoin de pièces : {part} et {part}, chaudière {serial}.",
            "Avez-vous {part}, référence {partno}, en stock ?",
        ),
        "other": (
            "Quel est le rendement de la {boiler} à charge partielle ?",
            "Merci d'envoyer la documentation de la {boiler}.",
        ),
    },
    middles=(
        "L'altitude est de {altitude} m.",
        "Le combustible est {fuel}.",
        "Livraison avant {month}.",
        "La limite est de {nox} mg.",
        "L'écran indique {code}.",
        "Merci d'indiquer prix et délai.",
        "L'usine tourne {hours} heures par jour.",
    ),
    closings=("Cordialement,", "Merci d'avance,", "Bien à vous,"),
    replies=(
        "Merci. Est-ce que {part} est compris ?",
        "Nous avons changé {part}, toujours {code}.",
        "Le plan de {site} est joint.",
    ),
    thanks=("Merci, c'est réglé.", "Bien reçu, merci.", "La chaudière fonctionne."),
    nouns=(
        "chaudière à vapeur",
        "chaudière à eau chaude",
        "chaudière sous vide",
        "chaudière",
        "chaudière à tubes de fumée",
    ),
    words={
        "part": ("la pompe", "le brûleur", "la soupape", "le capteur", "le joint", "le pressostat", "le ventilateur"),
        "symptom": ("ne démarre pas", "perd de la pression", "se met en défaut", "fait du bruit", "fuit"),
        "fuel": ("gaz naturel", "fioul", "GPL", "biogaz", "bois"),
        "month": ("mars", "septembre", "juin", "octobre", "novembre"),
    },
)
AR = _in(
    "ar",
    greetings=("السلام عليكم،", "تحية طيبة،", "السادة المحترمون،"),
    openings={
        "quotation": (
            "نرجو تقديم عرض سعر لعدد {number} {boiler} لمصنعنا في {city}.",
            "نحتاج إلى {boiler} لمشروع {site}.",
        ),
        "fault": ("لدينا {boiler} رقم {serial} {symptom}.", "عاجل: {boiler} في {city} {symptom} والشاشة تظهر {code}."),
        "spare-parts": ("نحتاج قطع غيار: {part} و{part} للمرجل رقم {serial}.", "هل {part} رقم {partno} متوفر؟"),
        "other": ("ما كفاءة {boiler} عند الحمل الجزئي؟", "نرجو إرسال كتالوج {boiler}."),
    },
    middles=(
        "الارتفاع {altitude} متر.",
        "الوقود {fuel}.",
        "التسليم قبل {month}.",
        "الحد المسموح {nox} ملغ.",
        "الشاشة تظهر {code}.",
        "نرجو ذكر السعر ومدة التسليم.",
        "يعمل المصنع {hours} ساعة يوميا.",
    ),
    closings=("مع التحية،", "وشكرا لكم،", "بانتظار ردكم،"),
    replies=("شكرا على الرد. هل السعر يشمل {part}؟", "غيرنا {part} وما زال {code}.", "مرفق مخطط {site}."),
    thanks=("شكرا، تم الحل.", "تم الاستلام، شكرا.", "المرجل يعمل الآن."),
    nouns=("غلاية بخار", "غلاية ماء ساخن", "مرجل", "مرجل بخاري", "غلاية تفريغ"),
    words={
        "part": ("المضخة", "الحارق", "صمام الأمان", "الحساس", "الجوان", "مفتاح الضغط", "المروحة"),
        "symptom": ("لا تعمل", "تفقد الضغط", "تتوقف بسبب عطل", "تصدر صوتا عاليا", "تسرب الماء"),
        "fuel": ("الغاز الطبيعي", "الديزل", "المازوت", "غاز البترول", "الغاز الحيوي"),
        "month": ("مارس", "سبتمبر", "يونيو", "أكتوبر", "نوفمبر"),
    },
)
MORE = (RU, ES, DE, FR, AR)
