"""Who invented inquiries come from: countries, names, companies and addresses, all under ``.example``.

How often a country is drawn follows where such a company sells: about half at home, the rest over Asia, the Middle
East, Africa, Latin America and Europe, with a long tail.
"""

from __future__ import annotations

from dataclasses import dataclass

from liju_contact.usecases.seeding.language import Dice, drawn, listed

_MAIL_HOSTS = ("mail", "post", "inbox", "webmail", "office")
_GENERIC_SHARE = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    code: str
    weight: float
    language: str
    native_share: float
    calling_code: str
    cities: tuple[str, ...]


def _country(  # noqa: PLR0917  # the lines of the table below
    code: str, weight: float, calling_code: str, cities: str, language: str = "en", share: float = 0.0
) -> Country:
    names = tuple(cities.split(","))
    return Country(
        code=code, weight=weight, language=language, native_share=share, calling_code=calling_code, cities=names
    )


COUNTRIES = (
    _country(
        "CN",
        460,
        "86",
        "杭州,上海,成都,北京,西安,兰州,拉萨,乌鲁木齐,武汉,郑州,沈阳,哈尔滨,长春,大连,青岛,济南,南京,苏州,无锡"
        ",宁波,温州,绍兴,嘉兴,湖州"
        ",合肥,福州,厦门,南昌,长沙,广州,深圳,佛山,东莞,南宁,昆明,贵阳,重庆,太原,石家庄,唐山,保定,呼和浩特"
        ",包头,银川,西宁,海口,三亚"
        ",天津,洛阳,襄阳,宜昌,遵义,大理,丽江,林芝,喀什,伊宁,牡丹江,延吉,烟台,威海",
        "zh",
        0.96,
    ),
    _country("ID", 42, "62", "Jakarta,Surabaya,Bandung,Medan,Semarang,Makassar"),
    _country("VN", 40, "84", "Hanoi,Da Nang,Hai Phong,Can Tho,Bien Hoa,Hue"),
    _country("RU", 38, "7", "Москва,Казань,Новосибирск,Екатеринбург,Самара,Иркутск,Омск", "ru", 0.7),
    _country("KZ", 24, "7", "Almaty,Astana,Karaganda,Shymkent,Aktobe", "ru", 0.6),
    _country("UZ", 18, "998", "Tashkent,Samarkand,Bukhara,Andijan", "ru", 0.5),
    _country("SA", 24, "966", "Riyadh,Jeddah,Dammam,Jubail", "ar", 0.4),
    _country("AE", 20, "971", "Dubai,Abu Dhabi,Sharjah,Ajman", "ar", 0.25),
    _country("EG", 22, "20", "Cairo,Alexandria,Giza,Port Said", "ar", 0.45),
    _country("IQ", 10, "964", "Baghdad,Basra,Erbil", "ar", 0.5),
    _country("DZ", 9, "213", "Alger,Oran,Constantine", "fr", 0.5),
    _country("MA", 9, "212", "Casablanca,Fès,Agadir", "fr", 0.6),
    _country("PK", 26, "92", "Lahore,Karachi,Faisalabad,Multan,Sialkot"),
    _country("BD", 24, "880", "Dhaka,Chattogram,Gazipur,Narayanganj"),
    _country("IN", 22, "91", "Mumbai,Chennai,Surat,Pune,Ludhiana"),
    _country("PH", 20, "63", "Manila,Cebu,Davao,Iloilo"),
    _country("TH", 18, "66", "Bangkok,Chiang Mai,Rayong"),
    _country("MY", 16, "60", "Kuala Lumpur,Penang,Johor Bahru"),
    _country("NG", 20, "234", "Lagos,Kano,Abuja,Ibadan"),
    _country("KE", 14, "254", "Nairobi,Mombasa,Eldoret"),
    _country("ET", 9, "251", "Addis Ababa,Hawassa,Dire Dawa"),
    _country("ZA", 10, "27", "Johannesburg,Durban,Cape Town"),
    _country("PE", 16, "51", "Lima,Arequipa,Cusco,Juliaca", "es", 0.75),
    _country("BO", 9, "591", "La Paz,El Alto,Potosí", "es", 0.8),
    _country("MX", 18, "52", "México,Puebla,Monterrey,Toluca", "es", 0.6),
    _country("CO", 14, "57", "Bogotá,Medellín,Cali", "es", 0.65),
    _country("CL", 11, "56", "Santiago,Antofagasta,Temuco", "es", 0.65),
    _country("ES", 8, "34", "Zaragoza,Sevilla,Bilbao", "es", 0.5),
    _country("DE", 12, "49", "Bielefeld,Leipzig,Ulm,Kassel", "de", 0.6),
    _country("AT", 5, "43", "Graz,Linz,Wels", "de", 0.6),
    _country("FR", 7, "33", "Lyon,Lille,Nantes", "fr", 0.6),
    _country("TR", 12, "90", "Bursa,Izmir,Gaziantep,Konya"),
    _country("PL", 7, "48", "Łódź,Poznań,Kraków"),
    _country("GB", 7, "44", "Leeds,Glasgow,Cardiff"),
    _country("US", 7, "1", "Portland,Milwaukee,Tulsa"),
    _country("AU", 5, "61", "Perth,Geelong,Hobart"),
    _country("MN", 8, "976", "Ulaanbaatar,Darkhan,Erdenet"),
    _country("LK", 5, "94", "Colombo,Kandy"),
    _country("NP", 5, "977", "Kathmandu,Pokhara"),
    _country("IS", 1, "354", "Akureyri,Reykjavík"),
    _country("BT", 1, "975", "Thimphu"),
)

_ZH_FAMILIES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_ZH_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文斌玉兰志红波辉宁健俊帆雪荣宇鑫浩晨欣怡佳子轩梓"
    "涵思远博雅琪瑞泽海燕春梅东升立群长青"
)
_ZH_COMPANY = "鑫恒泰源盛华宏达兴隆瑞丰宇通天和正安嘉信诚永昌金海东方远大新亚联合力博众创启明德润康祥顺程捷科"
_ZH_TRADES = (
    "机电设备有限公司",
    "食品有限公司",
    "印染有限公司",
    "酒店管理有限公司",
    "热能工程有限公司",
    "制药股份有限公司",
    "建筑安装工程有限公司",
    "化工有限公司",
    "供热有限公司",
    "纺织有限公司",
    "医院后勤中心",
    "设计研究院",
    "酒业有限公司",
    "乳业股份有限公司",
    "温泉度假村",
)
_SYLLABLES = listed(
    "ka lo mi ver san dor tel ra ni bo gar men zu pel tor vi lan der ol ma ke ri su ban fa lin qua ter no hal"
)
_TRADES = (
    "Foods",
    "Textiles",
    "Engineering",
    "Hotels",
    "Trading",
    "Industries",
    "Energy",
    "Dairy",
    "Contracting",
    "Chemicals",
    "Laundry",
    "Breweries",
    "Paper",
    "Pharma",
    "Heating",
    "Rubber",
    "Sugar",
    "Garments",
    "Consulting",
    "Hospital",
)
_FORMS = ("Ltd", "Co.", "LLC", "Group", "Pvt Ltd", "S.A.", "GmbH", "JSC", "PT", "Bhd")
_GIVEN = {
    "en": listed(
        "Ahmed John Maria Nguyen Grace Ali Daniel Fatima Peter Priya David Amina James Siti Samuel"
        " Ana Rahul Mary Omar Linh Budi Joseph Chinedu Wanjiru Aylin Piotr Emma Tariq Sanjay Thuy"
        " Esther Kofi Björk Tenzin"
    ),
    "ru": listed("Иван Алексей Ольга Сергей Марина Дмитрий Елена Тимур Наталья Рустам Айгуль Фёдор"),
    "es": listed("José María Carlos Lucía Juan Rosa Miguel Elena Jorge Ximena Álvaro Begoña"),
    "de": listed("Thomas Andrea Jürgen Petra Stefan Sabine Lukas Heike Björn Käthe"),
    "fr": listed("Jean Claire Karim Sophie Luc Amélie Youssef Hélène Zoé"),
    "ar": listed("محمد أحمد فاطمة علي خالد سارة يوسف مريم حسن ليلى عمر نور"),
}
_FAMILY = {
    "en": listed(
        "Khan Smith Rahman Tran Okafor Wijaya Sharma Santos Mwangi Yilmaz Kowalski Hussain Patel"
        " Reyes Nguyen Adeyemi Suzuki Tan Perera Brown Bekele Ndlovu Gurung Santoso Chowdhury Kamau"
        " Aydin Novak O'Brien Thapa Jónsson Dorji"
    ),
    "ru": listed("Иванов Смирнов Кузнецов Ким Ахметов Петренко Соколов Юсупов Волков Мельник Жумабаев"),
    "es": listed("García Quispe Mamani Rodríguez López Flores Hernández Rojas Muñoz Ibáñez Huamán"),
    "de": listed("Müller Schmidt Weber Fischer Krüger Schäfer Groß Niedermayer"),
    "fr": listed("Martin Bernard Benali Lefèvre Moreau El Amrani Dubois Guérin"),
    "ar": listed("الحربي المصري العتيبي حسين السيد الشمري الدوسري العلي الجبوري"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """``language`` is the one they write in, which the form may not have."""

    name: str
    email: str
    company: str
    phone: str
    country: str
    city: str
    language: str


def customer(country: Country, number: int, dice: Dice) -> Customer:
    """Return somebody of ``country``; ``number`` keeps their address from being somebody else's."""
    language = country.language if dice() < country.native_share else "en"
    if language == "zh":
        name, company, word = _chinese(country, dice)
    else:
        name = f"{drawn(_GIVEN[language], dice)} {drawn(_FAMILY[language], dice)}"
        word = invented(dice)
        company = f"{word} {drawn(_TRADES, dice)} {drawn(_FORMS, dice)}"
    host = drawn(_MAIL_HOSTS, dice) if dice() < _GENERIC_SHARE else word.lower()
    digits = int(dice() * 1e9)
    return Customer(
        name=name,
        email=f"{drawn(_SYLLABLES, dice)}{drawn(_SYLLABLES, dice)}.{number}@{host}.example",
        company=company if dice() < 0.9 else "",  # noqa: PLR2004  # a tenth gives none
        phone=f"+{country.calling_code} {digits // 1000000:03d} {digits // 1000 % 1000:03d} {digits % 1000:03d}"
        if digits % 3
        else "",
        country=country.code,
        city=drawn(country.cities, dice),
        language=language,
    )


def invented(dice: Dice) -> str:
    """Return a name nobody has: two to four syllables, with a capital."""
    count = 2 + int(3 * dice() * dice())
    return "".join([_SYLLABLES[int(len(_SYLLABLES) * dice())] for _ in range(count)]).capitalize()


def invented_chinese(dice: Dice) -> str:
    return drawn(_ZH_COMPANY, dice) + _ZH_COMPANY[int(len(_ZH_COMPANY) * dice())]


def _chinese(country: Country, dice: Dice) -> tuple[str, str, str]:
    name = drawn(_ZH_FAMILIES, dice) + drawn(_ZH_GIVEN, dice)
    if dice() < 0.6:  # noqa: PLR2004  # most given names have two characters
        name += _ZH_GIVEN[int(len(_ZH_GIVEN) * dice())]
    company = drawn(country.cities, dice) + invented_chinese(dice) + drawn(_ZH_TRADES, dice)
    return name, company, invented(dice)
