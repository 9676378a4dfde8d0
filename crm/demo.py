"""The customers of the demo company: 40, with their contacts and what was talked about."""

import datetime as dt

from django.utils import timezone

from crm.models import Activity, Contact, Customer
from workmate import services
from workmate.demo import Demo

# Name, street, postcode, city; the last five are leads.
CUSTOMERS = """
Förde Logistik GmbH|Am Nordhafen 7|24106|Kiel
Stadtwerke Mühlental|Wasserturmweg 1|64658|Mühlental
Bäckerei Thomsen KG|Holtenauer Straße 112|24105|Kiel
Reederei Ahlmann & Söhne|Schiffbrücke 20|24937|Flensburg
Praxis Dr. Bergengruen|Lindenallee 4|23552|Lübeck
Tischlerei Holzapfel|Gewerbering 19|24568|Kaltenkirchen
Landhotel Möwenort|Strandweg 2|25826|St. Peter-Ording
Weiß & Partner Steuerberatung|Königstraße 31|23552|Lübeck
Autohaus Küster GmbH|Rendsburger Landstraße 201|24113|Kiel
Kita-Verband Ostufer|Werftstraße 90|24143|Kiel
Meierei Schleiland eG|Molkereiweg 3|24376|Kappeln
Windpark Nordergründe GmbH|Deichstraße 12|25541|Brunsbüttel
Buchhandlung Seitenweise|Markt 8|24340|Eckernförde
Zahntechnik Lüders|Hamburger Chaussee 64|24113|Kiel
Hausverwaltung Feddersen|Schlossgarten 5|24103|Kiel
Spedition Jürgensen|Industriestraße 44|24589|Nortorf
Museumsverein Haithabu-Nord|Wikingerweg 1|24837|Schleswig
Fischräucherei Ebbesen|Am Hafen 15|25746|Heide
Metallbau Rönnfeld GmbH|Eisenstraße 9|24537|Neumünster
Elektro Sievers|Kanalufer 33|24768|Rendsburg
Apotheke am Schrevenpark|Goethestraße 17|24116|Kiel
Gemeinde Altenhof|Dorfstraße 1|24340|Altenhof
Yachtwerft Knudsen GmbH|Fischerleger 8|24159|Kiel
Sanitätshaus Ostermann|Großflecken 60|24534|Neumünster
Verlag Grüne Küste|Sophienblatt 28|24114|Kiel
Architekturbüro Öhmke|Dänische Straße 11|24103|Kiel
Kaffeerösterei Tante Inge|Jungfernstieg 6|24116|Kiel
Gartencenter Blühwerk|Baumschulenweg 40|25421|Pinneberg
Malerbetrieb Rußmann|Kieler Straße 88|24536|Neumünster
Physiotherapie Körperwerk|Feldstraße 70|24105|Kiel
Küstenfunk Medien GmbH|Wilhelminenstraße 21|24103|Kiel
Steinmetz Gräber & Co. KG|Friedhofsweg 5|24118|Kiel
Rechtsanwälte Voß Hinrichs|Lorentzendamm 39|24103|Kiel
Textilwerk Nähring GmbH|Spinnereistraße 2|24534|Neumünster
Camping Ostseeblick|Strandallee 50|24229|Dänischenhagen
Brauerei Tiefe Förde|Hopfenweg 7|24103|Kiel
Solarteam Süderbrarup|Sonnenallee 16|24392|Süderbrarup
Schulzentrum Geestland|Schulweg 10|25524|Itzehoe
Feinkost Häusler|Holstenstraße 55|24103|Kiel
Tierklinik Wankendorf|Bornhöveder Weg 3|24601|Wankendorf
""".strip().splitlines()
FIRST_NAMES = ["Karin", "Uwe", "Birgit", "Thorsten", "Maren", "Sönke", "Ayşe", "Dirk", "Petra",
               "Björn", "Heike", "Matthias", "Wiebke", "Rüdiger", "Svenja"]  # fmt: skip
LAST_NAMES = ["Hansen", "Möller", "Clausen", "Jäger", "Petersen", "Özdemir", "Lange", "Stäcker",
              "Rathje", "Kühl", "Brodersen", "Thießen", "Carstens", "Grübnau"]  # fmt: skip
POSITIONS = ["Geschäftsführung", "Einkauf", "IT-Leitung", "Buchhaltung", "Assistenz"]
TALKS = [
    ("call", "Rückfrage zur letzten Rechnung: Leistungszeitraum erläutert, alles in Ordnung."),
    ("meeting", "Jahresgespräch: zufrieden mit dem Support, wünscht feste Reaktionszeiten."),
    ("email", "Unterlagen für das neue Angebot zugeschickt, Entscheidung bis Monatsende."),
    ("note", "Wechsel im Einkauf: Ansprechpartner prüfen."),
    ("call", "Störung im Netz gemeldet, Fernwartung vereinbart."),
    ("meeting", "Abnahme der zweiten Stufe, zwei kleine Restpunkte."),
]
STAGES = ["lead", "contacted", "offer", "offer", "lost"]
ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ş": "s", "Ö": "Oe", "Ü": "Ue"})


def build(demo: Demo) -> None:
    """Customers of every kind and state, one primary contact each, activities over the year."""
    sales = [person for person in demo.rows["people"] if person.department.code in {"BER", "GF"}]
    for number, line in enumerate(CUSTOMERS):
        name, street, zip_code, city = line.split("|")
        domain = "".join(c for c in name.split()[-2].lower().translate(ASCII) if c.isalnum())
        customer = services.create(
            Customer,
            by=None,
            name=name,
            type=_kind_of(name),
            street=street,
            zip_code=zip_code,
            city=city,
            email=f"info@{domain}{number}.example",
            phone=f"0431 77{number:02d}0",
            website=f"www.{domain}{number}.example",
            payment_days=30 if number % 7 == 0 else None,
            language="en" if number == 11 else "de",
            pipeline_stage=STAGES[number % len(STAGES)] if number >= 35 else "",
            status="lead" if number >= 35 else "inactive" if number == 28 else "active",
        )
        contacts = _contacts_of(customer, demo, domain + str(number))
        for _number in range(demo.random.randint(0, 4)):
            kind, text = demo.random.choice(TALKS)
            day = demo.ago(demo.random.randint(1, 360))
            moment = dt.datetime.combine(day, dt.time(demo.random.randint(8, 16), 15))
            services.create(
                Activity,
                by=demo.random.choice(sales),
                customer=customer,
                contact=demo.random.choice(contacts),
                type=kind,
                description=text,
                occurred_at=timezone.make_aware(moment),
            )
        demo.rows["customers"].append(customer)


def _kind_of(name: str) -> str:
    public = ("Stadtwerke", "Gemeinde", "Schulzentrum", "Kita")
    if name.startswith(public):
        return Customer.Type.GOVERNMENT
    return Customer.Type.CREATOR if name.startswith("Verlag") else Customer.Type.BUSINESS


def _contacts_of(customer: Customer, demo: Demo, domain: str) -> list[Contact]:
    contacts = []
    for number in range(demo.random.randint(1, 3)):
        first, last = demo.random.choice(FIRST_NAMES), demo.random.choice(LAST_NAMES)
        contacts.append(
            services.create(
                Contact,
                by=None,
                customer=customer,
                firstname=first,
                lastname=last,
                email=f"{last.lower().translate(ASCII)}@{domain}.example",
                phone=customer.phone[:-1] + str(number + 1),
                position=demo.random.choice(POSITIONS),
                is_primary=number == 0,
            )
        )
    return contacts
