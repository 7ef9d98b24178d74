"""make_web.py ROWS FOLDER [SEED]: writes FOLDER/hits.arrow, page views of many sites over a month in 105 columns.

Names and types of the columns are those of the public web-analytics table that ClickBench uses; the rows are made here: sites,
users, pages and phrases are skewed by a power law, most flags are rarely set, most texts often empty.
"""
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc

ROWS_PER_BATCH = 122_880
# The site that queries ask for.
BUSIEST_SITE = 77
# Name and how it is drawn: a number is the count of distinct values of a flag or code, skewed to 0.
COLUMNS = """
WatchID:int64:any JavaEnable:int16:2 Title:string:title GoodEvent:int16:1 EventTime:time:event EventDate:date:event
CounterID:int32:site ClientIP:int32:address RegionID:int32:region UserID:int64:user CounterClass:int16:2 OS:int16:60
UserAgent:int16:80 URL:string:url Referer:string:referer IsRefresh:int16:2 RefererCategoryID:int16:300 RefererRegionID:int32:1000
URLCategoryID:int16:300 URLRegionID:int32:1000 ResolutionWidth:int16:width ResolutionHeight:int16:height ResolutionDepth:int16:33
FlashMajor:int16:12 FlashMinor:int16:9 FlashMinor2:string:digits NetMajor:int16:5 NetMinor:int16:5 UserAgentMajor:int16:90
UserAgentMinor:string:digits CookieEnable:int16:2 JavascriptEnable:int16:2 IsMobile:int16:2 MobilePhone:int16:70
MobilePhoneModel:string:model Params:string:rare IPNetworkID:int32:100000 TraficSourceID:int16:source SearchEngineID:int16:90
SearchPhrase:string:phrase AdvEngineID:int16:rare IsArtifical:int16:2 WindowClientWidth:int16:width
WindowClientHeight:int16:height ClientTimeZone:int16:24 ClientEventTime:time:event SilverlightVersion1:int16:6
SilverlightVersion2:int16:2 SilverlightVersion3:int32:50000 SilverlightVersion4:int16:2 PageCharset:string:charset
CodeVersion:int32:2000 IsLink:int16:2 IsDownload:int16:2 IsNotBounce:int16:2 FUniqID:int64:user OriginalURL:string:rare
HID:int32:address IsOldCounter:int16:2 IsEvent:int16:2 IsParameter:int16:2 DontCountHits:int16:2 WithHash:int16:2
HitColor:string:color LocalEventTime:time:event Age:int16:80 Sex:int16:3 Income:int16:5 Interests:int16:10000 Robotness:int16:4
RemoteIP:int32:address WindowName:int32:50 OpenerName:int32:50 HistoryLength:int16:200 BrowserLanguage:string:language
BrowserCountry:string:language SocialNetwork:string:rare SocialAction:string:rare HTTPError:int16:5 SendTiming:int32:10000
DNSTiming:int32:3000 ConnectTiming:int32:5000 ResponseStartTiming:int32:10000 ResponseEndTiming:int32:20000
FetchTiming:int32:20000 SocialSourceNetworkID:int16:20 SocialSourcePage:string:rare ParamPrice:int64:100000
ParamOrderID:string:rare ParamCurrency:string:rare ParamCurrencyID:int16:4 OpenstatServiceName:string:rare
OpenstatCampaignID:string:rare OpenstatAdID:string:rare OpenstatSourceID:string:rare UTMSource:string:rare UTMMedium:string:rare
UTMCampaign:string:rare UTMContent:string:rare UTMTerm:string:rare FromTag:string:rare HasGCLID:int16:2 RefererHash:int64:referer
URLHash:int64:url CLID:int32:1000
"""
WORDS = """hotel garden winter music video phone camera ticket market river bridge football recipe doctor school travel photo weather
news forum house window engine paper letter summer forest train coffee kitchen google yandex player island castle mirror
orange silver planet rocket cloud museum office lawyer credit insurance wedding present garage bicycle laptop printer""".split()
TYPES = {"string": pa.string(), "time": pa.timestamp("s"), "date": pa.date32(),
         "int16": pa.int16(), "int32": pa.int32(), "int64": pa.int64()}


class Maker:
    def __init__(self, seed, row_count):
        self.random = np.random.default_rng(seed)
        self.sites = self.random.permutation(60_000)[:6_000] + 1
        self.sites[0] = BUSIEST_SITE
        # Every row's user, page and phrase come from lists that grow with the table.
        self.users = self.random.integers(1, 2**62, max(1_000, row_count // 6))
        self.page_texts = self.pages(max(1_000, row_count // 5))
        self.phrase_texts = self.phrases(max(500, row_count // 20))
        self.titles = pa.array([" ".join(self.words(int(n))).capitalize() + " | " + w for n, w in zip(
            self.random.integers(2, 9, max(1_000, row_count // 8)), self.random.choice(WORDS, max(1_000, row_count // 8)))])
        self.page_hashes = self.random.integers(-(2**62), 2**62, len(self.page_texts))

    def words(self, count):
        return self.random.choice(WORDS, count)

    def pages(self, count):
        hosts = [f"{'www.' if n % 3 == 0 else ''}{a}-{b}.{'com' if n % 2 else 'ru'}" for n, (a, b) in enumerate(
            self.random.choice(WORDS, (3_000, 2)))]
        chosen = self.random.zipf(1.3, count) % len(hosts)
        words = self.random.choice(WORDS, (count, 3))
        numbers = self.random.integers(0, 1_000_000, count)
        return pa.array([f"http{'s' if n % 4 == 0 else ''}://{hosts[h]}/{w[0]}/{w[1]}-{w[2]}.html?id={n}&page={n % 7}"
                         if n % 5 else f"http://{hosts[h]}/" for h, w, n in zip(chosen, words, numbers)])

    def phrases(self, count):
        return pa.array([" ".join(self.words(int(n))) for n in self.random.integers(1, 6, count)])

    def skewed(self, count, limit, power=1.4):
        return (self.random.zipf(power, count) - 1) % limit

    def often_empty(self, texts, count, share, power=1.2):
        """Texts by a power law, a share of them empty."""
        indices = pa.array(self.skewed(count, len(texts), power), mask=self.random.random(count) < share)
        return texts.take(indices).fill_null("")

    def batch(self, count):
        seconds = 1_372_636_800 + np.sort(self.random.integers(0, 31 * 86_400, count))
        pages, referers = self.skewed(count, len(self.page_texts), 1.15), self.skewed(count, len(self.page_texts), 1.15)
        no_referer = self.random.random(count) < 0.3
        drawn = {
            "any": lambda: self.random.integers(-(2**62), 2**62, count),
            "user": lambda: self.users[self.skewed(count, len(self.users), 1.1)],
            "address": lambda: self.random.integers(-(2**31), 2**31, count) // (1 + 4096 * (self.random.random(count) < 0.8)),
            "site": lambda: self.sites[self.skewed(count, len(self.sites), 1.3)],
            "region": lambda: self.skewed(count, 9_000, 1.3),
            "width": lambda: self.random.choice([0, 1024, 1280, 1366, 1440, 1600, 1680, 1920, 2560], count),
            "height": lambda: self.random.choice([0, 600, 768, 800, 900, 1050, 1080, 1200], count),
            "source": lambda: self.random.choice([-1, 0, 1, 2, 3, 6], count),
            "color": lambda: np.array(list("5EgTF"))[self.skewed(count, 5)],
            "language": lambda: np.array(["ru", "en", "de", "tr", "uk", "\x00\x00"])[self.skewed(count, 6)],
            "charset": lambda: np.array(["utf-8", "windows", "koi8-r", ""])[self.skewed(count, 4)],
            "digits": lambda: self.random.integers(0, 900, count).astype(str),
            "title": lambda: self.often_empty(self.titles, count, 0.1),
            "phrase": lambda: self.often_empty(self.phrase_texts, count, 0.87),
            "model": lambda: self.often_empty(pa.array(["iPad", "iPhone", "Lumia 920", "Galaxy S4", "One X", "Desire"] + WORDS), count, 0.93),
        }
        columns = []
        for name, kind, how in (entry.split(":") for entry in COLUMNS.split()):
            if how == "event":
                shift = self.random.integers(-5_000, 5_000, count) if name[0] in "CL" else 0
                values = seconds + shift if kind == "time" else (seconds // 86_400).astype(np.int32)
            elif how in ("url", "referer"):
                index = pages if how == "url" else referers
                if kind == "string":
                    values = self.page_texts.take(pa.array(index, mask=None if how == "url" else no_referer)).fill_null("")
                else:
                    values = np.where(no_referer & (how == "referer"), 0, self.page_hashes[index])
            elif how == "rare":
                values = (self.often_empty(self.phrase_texts, count, 0.98) if kind == "string"
                          else np.where(self.random.random(count) < 0.99, 0, self.random.integers(1, 60, count)))
            elif how.isdigit():
                values = self.skewed(count, int(how))
            else:
                values = drawn[how]()
            columns.append(pa.array(values).cast(TYPES[kind]))
        return columns


def main(row_count, folder, seed=1):
    os.makedirs(folder, exist_ok=True)
    maker = Maker(seed, row_count)
    names = [entry.split(":")[0] for entry in COLUMNS.split()]
    schema = pa.schema([(entry.split(":")[0], TYPES[entry.split(":")[1]]) for entry in COLUMNS.split()])
    with ipc.new_file(f"{folder}/hits.arrow", schema) as writer:
        for start in range(0, row_count, ROWS_PER_BATCH):
            columns = maker.batch(min(ROWS_PER_BATCH, row_count - start))
            writer.write_batch(pa.record_batch(columns, names=names))


main(*(int(argument) if argument.isdigit() else argument for argument in sys.argv[1:]))
