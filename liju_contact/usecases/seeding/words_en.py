"""The English of invented inquiries."""

from __future__ import annotations

from liju_contact.usecases.seeding.language import Language, listed

_INDUSTRIES = listed(
    "hotel|hospital|textile mill|dairy|brewery|food plant|dyeing works|paper mill|laundry|district"
    " heating plant|school"
    "|swimming pool|greenhouse|chemical plant|rubber factory|shopping centre|university campus|pharmaceutical plant"
    "|sugar mill|garment factory|tannery|feed mill|rice mill|cannery|slaughterhouse|soap factory|distillery|airport"
    "|data centre|military camp|tyre plant|carton factory|tobacco plant|yoghurt plant|fish farm|palm oil mill"
    "|starch factory|sauna village|thermal bath|monastery|observatory|research station",
    between="|",
)
_PARTS = listed(
    "gasket|burner nozzle|flame detector|ignition electrode|safety valve|water level gauge|feed pump"
    "|control cabinet|temperature sensor|pressure switch|gas valve|ignition transformer|touch screen|PLC module"
    "|circulation pump|vacuum pump|heat exchanger|fire tube|manhole gasket|sight glass|servo motor|oil pump"
    "|air damper|blower motor|check valve|blowdown valve|level probe|economiser coil|refractory brick"
    "|door insulation|flue gas fan|coupling|solenoid valve|photocell|gas filter|pressure gauge|relay"
    "|frequency converter|bearing|impeller|expansion tank|fusible plug|steam trap|strainer|mechanical seal"
    "|thermowell|dosing pump|softener resin|lambda probe|flexible hose|actuator|cable gland|combustion head"
    "|swirl plate|turbulator|anchor bolt|rupture disc|deaerator spray head",
    between="|",
)
_SYMPTOMS = listed(
    "locks out after ignition|does not start|loses pressure overnight|shows a low water alarm|makes a"
    " loud knocking noise"
    "|smells of gas near the burner|leaks at the front tube plate|trips the main breaker|does not reach"
    " its set temperature"
    "|burns with a yellow flame|stops every twenty minutes|shows flame failure|has soot in the flue"
    "|vibrates at high fire|drips from the safety valve|has lost its vacuum|shows a sensor fault|goes off"
    " on overheating"
    "|whistles at the feed valve|pulsates at part load|has water in the furnace|shows no display at all"
    "|keeps purging and never ignites|has a cracked refractory|is scaled up badly",
    between="|",
)
EN = Language(
    id="en",
    space=" ",
    greetings=(
        "Dear Sir or Madam,",
        "Hello,",
        "Dear LIJU team,",
        "Good morning,",
        "Dear sales team,",
        "Hi,",
        "Dear colleagues,",
        "To whom it may concern,",
        "Good day,",
        "Greetings from {city},",
    ),
    openings={
        "quotation": (
            "Please quote {number} {boiler} for our {industry} in {city}.",
            "We are planning a new boiler house for a {industry} and need an offer for {number} {boiler}.",
            "Kindly send us your best price for {boiler}, {incoterm} {city}.",
            "Our client, a {industry} in {city}, asks for {boiler} to replace an old {oldfuel} boiler.",
            "We are a contractor in {city} and bid for the {site} project, which needs {number} {boiler}.",
            "Could you offer {boiler} with delivery before {month}?",
            "For the extension of the {industry} at {site} we need a budget price for {boiler}.",
            "We got your address from {source} and would like a quotation for {boiler}.",
        ),
        "technical": (
            "We have a question about {boiler} for a {industry}.",
            "Can your {boiler} run on {fuel} without changes to the burner?",
            "What efficiency does the {boiler} reach at part load?",
            "Our consultant for the {site} project asks for the heat balance of the {boiler}.",
            "Is the {boiler} certified to {standard}?",
            "Which water quality does the {boiler} need when the make-up water comes from a well in {city}?",
            "Please confirm the foundation loads and the transport dimensions of the {boiler}.",
            "How far can the {boiler} be turned down before the burner stops?",
        ),
        "fault": (
            "Our {boiler}, serial number {serial}, {symptom}.",
            "Urgent: the {boiler} at the {industry} in {city} {symptom}.",
            "Since {weekday} the {boiler} {symptom}; the display shows {code}.",
            "We run {number} {boiler} in {city} and one of them {symptom}.",
            "The boiler with number {serial} {symptom}. Production stands still.",
            "After the yearly inspection our {boiler} {symptom}.",
        ),
        "spare-parts": (
            "Please quote a {part} and a {part} for our boiler number {serial}.",
            "We need {number} pieces of the {part} for {boiler}, part number {partno}.",
            "The {part} of our {boiler} is worn. Do you have it in stock?",
            "Send us a price list for the usual spare parts: {part}, {part}, {part}.",
            "We look for a replacement of the {part}; the old one says {partno}.",
            "For the shutdown in {month} we need a {part} and {number} sets of {part}.",
        ),
        "other": (
            "We would like to become your agent in {city}.",
            "Please send us your catalogue of {boiler}.",
            "May we visit your factory in {month} with a group of {number} engineers from {city}?",
            "Where can we find the manual of the {boiler} with serial number {serial}?",
            "Is there a reference plant near {city}, best a {industry}?",
            "We would like to know the date of your training for operators.",
        ),
    },
    middles={
        "quotation": (
            "The plant runs {hours} hours a day.",
            "Fuel is {fuel}.",
            "The site is at {altitude} m above sea level.",
            "The local emission limit is {nox} mg NOx per cubic metre.",
            "Please include the {part} and a spare {part}.",
            "We need a drawing of the general arrangement for the tender.",
            "Delivery should be before {month}.",
            "Please state price, delivery time and terms of payment.",
            "The boiler must conform to {standard}.",
            "The water comes from {water}.",
            "Please quote commissioning by your engineer separately.",
            "The consultant is known for asking about {standard} and the {part}.",
            "Two competitors have quoted already.",
            "The old boiler house has a door of only {metres} metres.",
            "Payment by letter of credit is possible.",
            "We prefer a container version for {city}.",
            "The budget was approved by the board in {month}.",
        ),
        "technical": (
            "The return temperature is rather low in summer.",
            "The heat consumers are {number} air handling units.",
            "We would like to see a curve, not a single figure.",
            "Our water has a hardness of {hours} degrees.",
            "The question came up in a meeting with the {industry}.",
            "It concerns the {part} above all.",
            "A drawing in DXF would be of great help.",
            "Please answer with reference to {standard}.",
            "Our calculation says {nox} mg, your data sheet says less.",
            "The building is {metres} metres high.",
            "We compared it with {oldfuel} and found no clear winner.",
        ),
        "fault": (
            "The display shows {code}.",
            "We have changed the {part} already, without success.",
            "It happened {number} times this week.",
            "The {industry} has no hot water until it is repaired.",
            "A photo of the burner is attached.",
            "Your colleague was here in {month}.",
            "Please send somebody at once.",
            "Gas pressure was measured at {nox} mbar.",
            "The operator reset it {number} times.",
            "We suspect the {part}.",
            "Nothing was changed since {month}.",
            "The log of the controller is attached.",
        ),
        "spare-parts": (
            "The boiler is of the year {year}.",
            "Please send it by air freight to {city}.",
            "A photo of the name plate is attached.",
            "We would also like a drawing of the {part}.",
            "Please tell us the delivery time.",
            "Our order number is {partno}.",
            "An equivalent part is fine as well.",
            "Please add {number} sets of gaskets.",
            "The customs office in {city} asks for the tariff number.",
        ),
        "other": (
            "We have sold boilers in {city} for {hours} years.",
            "There is no hurry.",
            "A link would be enough.",
            "We also work with {fuel}.",
            "Our engineers speak English and some Chinese.",
            "We met your colleague at {source}.",
            "Please tell us who is in charge of {city}.",
        ),
    },
    closings=(
        "Best regards,",
        "Kind regards,",
        "Looking forward to your answer,",
        "Thank you in advance,",
        "Many thanks,",
        "Yours faithfully,",
        "Awaiting your prompt reply,",
        "With best wishes from {city},",
    ),
    answers={
        "quotation": (
            "Thank you for your inquiry. Our offer for {boiler} is attached; it is valid until {month}.",
            "To size the boiler we need the return temperature and the fuel analysis. Could you send them?",
            "We can deliver {boiler} within {hours} weeks, {incoterm} {city}.",
            "For this altitude we recommend one size larger. The data sheet is attached.",
            "Please find our budget price in the attached file. A {part} is included.",
        ),
        "technical": (
            "The {boiler} reaches that value between {hours} and 100 % load; the curve is attached.",
            "Yes, this is possible. The burner then needs another {part}.",
            "The boiler is certified to {standard}. The certificate is attached.",
            "We checked this with the design office: the {part} has to be insulated at your site.",
            "Our recommendation is a softener and a dosing pump. See page {hours} of the manual.",
        ),
        "fault": (
            "Please close the gas valve, check the {part} and send us a photo of it.",
            "Code {code} points to the {part}. Please measure it with the boiler cold.",
            "Our service engineer can be in {city} on {weekday}. Is there a crane on site?",
            "A {part} leaves our store today. Until then the boiler can run at low fire.",
            "Thank you for the log. The {part} seems to be worn; a quotation is attached.",
        ),
        "spare-parts": (
            "The {part} is in stock and can leave today. The price is in the attached offer.",
            "The {part} was replaced by a newer one, {partno}. It fits without changes.",
            "Please send us a photo of the name plate, so that we find the right {part}.",
            "Delivery time of the {part} is {hours} days.",
        ),
        "other": (
            "Thank you for your interest. Our colleague for your region will call you on {weekday}.",
            "The catalogue is attached. The manual of your boiler follows by {weekday}.",
            "A reference plant near {city} can be visited; it is a {industry}.",
        ),
    },
    replies=(
        "Thank you for the quick answer. One more question: is the {part} included?",
        "The missing figures are attached. The fuel is {fuel}.",
        "Could you improve the price a little? The competitor offers {hours} % less.",
        "We changed the {part} as you said and the boiler still shows {code}.",
        "Please send the pro forma invoice to our office in {city}.",
        "The {industry} agrees. When can you deliver?",
        "We measured again: {nox} mg at full load.",
        "Sorry for the late reply, we were on holiday until {weekday}.",
        "Please see the attached drawing of the {site} site.",
    ),
    thanks=(
        "Thank you, that solved it.",
        "Perfect, many thanks.",
        "The boiler runs again. Thank you for the help.",
        "Received, thank you. We will come back to you in {month}.",
        "All clear. Best regards from {city}.",
        "The order follows by post. Thank you.",
    ),
    boilers={
        "vacuum": ("vacuum hot-water boiler", "vacuum boiler", "vacuum phase-change boiler", "sealed vacuum heater"),
        "hot-water": ("hot-water boiler", "atmospheric boiler", "heating boiler", "condensing hot-water boiler"),
        "steam": (
            "steam boiler",
            "fire-tube steam boiler",
            "saturated steam boiler",
            "steam generator",
            "superheated boiler",
        ),
        "burner": ("low-NOx burner", "gas burner", "dual-fuel burner", "burner control", "control cabinet"),
        "service": ("boiler", "steam boiler", "vacuum boiler", "hot-water boiler", "burner"),
        "other": ("boiler", "heater", "thermal oil heater", "boiler house"),
    },
    words={
        "industry": _INDUSTRIES,
        "part": _PARTS,
        "symptom": _SYMPTOMS,
        "fuel": (
            "natural gas",
            "diesel",
            "LPG",
            "biogas",
            "heavy oil",
            "wood pellets",
            "rice husk",
            "electricity",
            "hydrogen",
        ),
        "oldfuel": ("coal", "oil", "gas", "wood", "electric", "peat"),
        "standard": (
            "EN 12953",
            "ASME",
            "PED",
            "CE",
            "GB 13271",
            "ISO 9001",
            "EAC",
            "EN 303-3",
            "UL",
            "SASO",
            "AD 2000",
        ),
        "source": ("your website", "the ISH fair", "a partner", "the Canton Fair", "a colleague", "an old brochure"),
        "water": ("the city main", "a well", "a river", "a desalination plant", "rain water"),
        "weekday": ("Monday", "Thursday", "Friday", "Tuesday", "Wednesday", "Saturday", "Sunday"),
        "month": ("March", "September", "June", "October", "May", "November", "April", "January", "July", "December"),
        "incoterm": ("FOB", "CIF", "EXW", "CFR", "DAP", "FCA"),
    },
    files=(
        "boiler room layout",
        "name plate",
        "P&ID",
        "tender",
        "photo of the burner",
        "fuel analysis",
        "specification",
        "site plan",
        "purchase order",
        "data sheet",
        "flue gas measurement",
        "water analysis",
        "alarm log",
    ),
)
