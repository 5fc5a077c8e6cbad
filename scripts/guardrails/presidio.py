"""Finds what Presidio's recognisers find in texts: JSON lines in, JSON lines out. Needs `pip install presidio-analyzer`; no model is loaded."""
import json
import sys

import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer import predefined_recognizers as known
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

RECOGNIZERS = {
    "email": ["EmailRecognizer"], "phone": ["PhoneRecognizer"], "payment_card": ["CreditCardRecognizer"], "iban": ["IbanRecognizer"],
    "us_ssn": ["UsSsnRecognizer"], "uk_nino": ["UkNinoRecognizer"], "uk_nhs": ["NhsRecognizer"], "de_tax_id": ["DeTaxIdRecognizer"],
    "it_fiscal_code": ["ItFiscalCodeRecognizer"], "es_nif": ["EsNifRecognizer", "EsNieRecognizer"], "pl_pesel": ["PlPeselRecognizer"],
    "in_aadhaar": ["InAadhaarRecognizer"], "sg_nric": ["SgFinRecognizer"], "au_tfn": ["AuTfnRecognizer"], "ip_address": ["IpRecognizer"],
    "mac_address": ["MacAddressRecognizer", "MacRecognizer"],
}
# The list of top-level domains that comes with the package: nothing is fetched.
tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
nlp = spacy.blank("en")


class Blank(NlpEngine):
    def load(self): pass
    def is_loaded(self): return True
    def get_supported_entities(self): return []
    def get_supported_languages(self): return ["en"]
    def is_stopword(self, word, language): return False
    def is_punct(self, word, language): return False
    def process_batch(self, texts, language, **_): return ((text, self.process_text(text, language)) for text in texts)

    def process_text(self, text, language):
        doc = nlp(text)
        return NlpArtifacts(entities=[], tokens=doc, tokens_indices=[t.idx for t in doc], lemmas=[t.text for t in doc], nlp_engine=self, language=language)


def made(name, **options):
    cls = getattr(known, name, None)
    return None if cls is None else cls(supported_language="en", **options)


def engine(recognizers):
    registry = RecognizerRegistry(recognizers=[each for each in recognizers if each is not None])
    return AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])


engines = {kind: engine([made(name) for name in names]) for kind, names in RECOGNIZERS.items() if kind != "phone"}
phones = {}


def phone(locale):
    if locale not in phones:
        phones[locale] = engine([made("PhoneRecognizer", supported_regions=[locale.upper()])])
    return phones[locale]


if sys.argv[1:] == ["--list"]:
    print(json.dumps({kind: [name for name in names if getattr(known, name, None)] for kind, names in RECOGNIZERS.items()}))
    sys.exit()
for line in sys.stdin:
    given = json.loads(line)
    found = {}
    for kind in RECOGNIZERS:
        analyzer = phone(given["locale"]) if kind == "phone" else engines[kind]
        found[kind] = [[r.start, r.end, r.score] for r in analyzer.analyze(text=given["text"], language="en")]
    print(json.dumps(found), flush=False)
