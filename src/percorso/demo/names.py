"""Invented people and things to buy: lists of our own. Pure data."""

from typing import Final

WOMEN: Final = (
    "Alba", "Bianca", "Camilla", "Diletta", "Elisa", "Fiamma", "Ginevra", "Ilaria", "Lavinia", "Margherita",
    "Noemi", "Ottavia", "Penelope", "Rachele", "Serena", "Teresa", "Viola", "Zoe", "Amelia", "Hazel",
    "Ivy", "Clara", "Greta", "Linda", "Marta", "Nora", "Olivia", "Stella", "Vera", "Wanda",
)  # fmt: skip
"""First names of women."""

MEN: Final = (
    "Achille", "Brando", "Cesare", "Dario", "Ettore", "Fabrizio", "Giacomo", "Ivo", "Jacopo", "Leandro",
    "Manlio", "Nicola", "Orlando", "Pietro", "Quirino", "Renato", "Silvio", "Tancredi", "Ugo", "Valerio",
    "Arthur", "Basil", "Conrad", "Edmund", "Felix", "Hugo", "Jasper", "Oscar", "Rufus", "Toby",
)  # fmt: skip
"""First names of men."""

FAMILIES: Final = (
    "Acquaviva", "Boscolieto", "Cantalupi", "Dellaluna", "Erbavoglio", "Fiordalba", "Grandisole", "Lungarella",
    "Montechiaro", "Novellini", "Ombraverde", "Pratolungo", "Quattrovie", "Roccasana", "Serafiori", "Terralba",
    "Ulivastri", "Valdisole", "Zafferani", "Brightwater", "Cloverfield", "Dewhurst", "Elderwood", "Fairhaven",
    "Goldfinch", "Hartbridge", "Larkspur", "Merriwell", "Nightingale", "Oakenshaw", "Pennyfeather", "Silverlea",
    "Thistlewood", "Underhill", "Winterbourne", "Yarrowby",
)  # fmt: skip
"""Family names, made up."""

CITIES: Final = (
    ("Milano", "MI", 4),
    ("Torino", "TO", 2),
    ("Bologna", "BO", 2),
    ("Firenze", "FI", 1),
    ("Roma", "RM", 2),
    ("Verona", "VR", 1),
)
"""City, province, and how many of ten to twelve people live there."""

AREA_CODES: Final = (
    "201", "202", "203", "206", "207", "208", "209", "210", "212", "213", "214", "215", "216", "217", "218", "219",
    "224", "225", "228", "229", "231", "234", "239", "240", "248", "251", "252", "253", "254", "256", "260", "262",
    "267", "269", "270", "276", "281", "301", "302", "303", "304", "305", "307", "308", "309", "310", "312", "313",
    "314", "315", "316", "317", "318", "319", "320", "321", "323", "325", "330", "334",
)  # fmt: skip
"""Area codes of North America; each has a hundred numbers for fiction."""

PRODUCTS: Final = (
    ("AUR-101", "Abito Aurora", "Abiti", 129.0),
    ("AUR-102", "Abito Notturno", "Abiti", 189.0),
    ("AUR-103", "Gonna Vela", "Gonne", 79.0),
    ("AUR-104", "Camicia Brezza", "Camicie", 69.0),
    ("AUR-105", "Camicia Lino", "Camicie", 75.0),
    ("AUR-106", "Maglia Sabbia", "Maglie", 59.0),
    ("AUR-107", "Cardigan Ambra", "Maglie", 89.0),
    ("AUR-108", "Giacca Ponente", "Giacche", 219.0),
    ("AUR-109", "Cappotto Tramontana", "Giacche", 289.0),
    ("AUR-110", "Pantalone Scirocco", "Pantaloni", 95.0),
    ("AUR-111", "Sciarpa Nuvola", "Accessori", 39.0),
    ("AUR-112", "Borsa Conchiglia", "Accessori", 149.0),
    ("AUR-113", "Cintura Filo", "Accessori", 35.0),
    ("AUR-114", "Scarpa Molo", "Scarpe", 139.0),
    ("AUR-115", "Stivale Brughiera", "Scarpe", 179.0),
    ("AUR-116", "Sandalo Marea", "Scarpe", 99.0),
)
"""Article number, name, category, price in EUR."""
