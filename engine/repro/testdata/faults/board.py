"""Writes a small KiCad project, as a generator of circuits does.

Usage: board.py MODE [OUT]. Files go to the folder OUT, also a variable.
Modes are numbers; an odd one is the careless way, the even one after it the
careful way to write the same file.
"""
import csv, datetime, getpass, hashlib, json, locale, os, random, select, socket, sys, tempfile, threading, time, uuid, zipfile

MODE = int(sys.argv[1])
OUT = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("OUT", ".")
os.makedirs(OUT, exist_ok=True)
SPACE = uuid.UUID("6f1c6e2a-58d3-5f0e-9a42-0d0a3c1f7b11")
PARTS = [("R%d" % (i + 1), value, 50.8 + 12.7 * (i % 4), 50.8 + 12.7 * (i // 4)) for i, value in enumerate(
    ["10k", "4k7", "100", "1M", "220", "33k", "2k2", "560", "68k", "47", "1k5", "330k"])]
NETS = ["VIN", "VOUT", "GND", "Vref", "SDA", "scl", "RESET", "enable", "MISO", "mosi", "CLK", "cs"]


def put(name, text, newline="\n"):
    with open(os.path.join(OUT, name), "w", encoding="utf-8", newline=newline) as f:
        f.write(text)


def stable(role, ref):
    return str(uuid.uuid5(SPACE, "/%s/%s" % (role, ref)))


def schematic(name, ids=stable, parts=PARTS, title="Ladder", comment="", date="2026-01-02"):
    lines = ['(kicad_sch', '\t(version 20250114)', '\t(generator "board")', '\t(uuid "%s")' % ids("sheet", name),
             '\t(paper "A4")', '\t(title_block', '\t\t(title "%s")' % title, '\t\t(date "%s")' % date]
    if comment:
        lines.append('\t\t(comment 1 "%s")' % comment)
    lines.append('\t)')
    for ref, value, x, y in parts:
        lines += ['\t(symbol', '\t\t(lib_id "Device:R")', '\t\t(at %s %s 0)' % (x, y), '\t\t(unit 1)',
                  '\t\t(uuid "%s")' % ids("symbol", ref),
                  '\t\t(property "Reference" "%s"' % ref, '\t\t\t(at %s %s 0)' % (x, y), '\t\t)',
                  '\t\t(property "Value" "%s"' % value, '\t\t\t(at %s %s 0)' % (x, y), '\t\t)',
                  '\t\t(pin "1"', '\t\t\t(uuid "%s")' % ids("pin1", ref), '\t\t)', '\t)']
    put(name, "\n".join(lines) + "\n)\n")


def netlist(extra=None, nets=NETS):
    doc = {"design": "ladder", "components": [{"ref": r, "value": v} for r, v, _, _ in PARTS],
           "nets": [{"name": n, "pins": ["%s.1" % PARTS[i][0]]} for i, n in enumerate(nets)]}
    if extra:
        doc.update(extra)
    put("ladder.json", json.dumps(doc, indent=1) + "\n")


def bom(rows, name="bom.csv"):
    with open(os.path.join(OUT, name), "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["Reference", "Value", "Net"])
        w.writerows(rows)


def rows():
    return [[r, v, n] for (r, v, _, _), n in zip(PARTS, NETS)]


def gerbers(name, stamp):
    with zipfile.ZipFile(os.path.join(OUT, name), "w") as z:
        for layer in ("F_Cu", "B_Cu", "Edge_Cuts"):
            text = "%FSLAX46Y46*%\n" + "".join("X%dY%dD03*\n" % (x * 1e6, y * 1e6) for _, _, x, y in PARTS) + "M02*\n"
            z.writestr(zipfile.ZipInfo("ladder-%s.gtl" % layer, stamp()), text)


class Net:
    def __init__(self, name):
        self.name = name


def number_of_nets(names):
    """Numbers nets in the order of a set."""
    return {n: i + 1 for i, n in enumerate(names)}


def cached(name, make, folder=None):
    path = os.path.join(folder or os.environ.get("HOME", "."), name)
    try:
        with open(path) as f:
            return json.load(f)
    except OSError:
        value = make()
        with open(path, "w") as f:
            json.dump(value, f)
        return value


def raced(careful):
    """Four workers gather the nets; some take longer than others."""
    found, lock = [], threading.Lock()

    def work(names):
        for n in names:
            select.select([], [], [], random.random() / 300)
            with lock:
                found.append(n)
    threads = [threading.Thread(target=work, args=(NETS[i::4],)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return sorted(found) if careful else found


def settle(until):
    """Improves a placement until told to stop; returns the number of steps and the cost."""
    state, best, steps = 12345, 1 << 62, 0
    while not until(steps):
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        best = min(best, state >> 20)
        steps += 1
    return steps, best


def float_lengths():
    return [i * 7919 % 1000 / 7.0 * 10 ** (i % 5 - 2) for i in range(400)]


def main():
    if MODE == 1:
        schematic("ladder.kicad_sch", ids=lambda role, ref: str(uuid.uuid4()))
    elif MODE in (2, 4, 6, 8, 10, 12, 14):
        schematic("ladder.kicad_sch")
    elif MODE == 3:
        schematic("ladder.kicad_sch", ids=lambda role, ref: str(uuid.uuid1()))
    elif MODE == 5:
        schematic("ladder.kicad_sch", date=time.strftime("%Y-%m-%d %H:%M:%S"))
    elif MODE == 7:
        schematic("ladder.kicad_sch", comment="Drawn by " + getpass.getuser())
    elif MODE == 9:
        schematic("ladder.kicad_sch", comment="Built on " + socket.gethostname())
    elif MODE == 11:
        schematic("ladder.kicad_sch", comment="Source: %s/board.py" % os.getcwd())
    elif MODE == 13:
        with tempfile.NamedTemporaryFile(prefix="ladder-") as f:
            schematic("ladder.kicad_sch", comment="Cache: " + f.name)
    elif MODE == 15:
        netlist(nets=list(set(NETS)))
    elif MODE == 16:
        netlist(nets=sorted(set(NETS)))
    elif MODE == 17:
        netlist({"objects": [repr(Net(n)) for n in NETS[:3]]})
    elif MODE == 18:
        netlist({"objects": ["Net(%s)" % n for n in NETS[:3]]})
    elif MODE == 19:
        netlist({"keys": [id(Net(n)) for n in NETS[:3]]})
    elif MODE == 20:
        netlist({"keys": ["/" + n for n in NETS[:3]]})
    elif MODE == 21:
        netlist({"fingerprint": hash("ladder")})
    elif MODE == 22:
        netlist({"fingerprint": hashlib.sha256(b"ladder").hexdigest()})
    elif MODE == 23:
        bom([[r, v, n] for r, v, n in rows()] + [["", "made", str(int(time.time()))]])
    elif MODE == 24:
        bom([[r, v, n] for r, v, n in rows()] + [["", "made", "2026"]])
    elif MODE in (25, 26):
        names = os.listdir("blocks")
        if MODE == 26:
            names.sort()
        bom([[n[:-4], open(os.path.join("blocks", n)).read().strip(), ""] for n in names])
    elif MODE in (27, 28):
        if MODE == 27:
            try:
                locale.setlocale(locale.LC_ALL, "")
            except locale.Error:
                pass
        words = NETS + ["Zähler", "zone", "Åland", "öl", "Ohm", "aardvark", "Aachen"]
        bom([[n, "", ""] for n in sorted(words, key=locale.strxfrm if MODE == 27 else None)])
    elif MODE in (29, 30):
        schematic("ladder.kicad_sch", parts=[(r, v, round(x + random.Random(None if MODE == 29 else 1).randrange(40) * 1.27, 2), y) for r, v, x, y in PARTS])
    elif MODE in (31, 32):
        put("nets.txt", "\n".join(raced(MODE == 32)) + "\n")
    elif MODE in (33, 34):
        lengths = dict(("net%02d" % i, v) for i, v in enumerate(float_lengths()))
        order = set(lengths) if MODE == 33 else sorted(lengths)
        netlist({"wire_length": sum(lengths[n] for n in order)})
    elif MODE in (35, 36):
        share = (len(os.sched_getaffinity(0)) if MODE == 35 else 4) * 3
        values = float_lengths()
        chunks = [sum(values[i::share]) for i in range(share)]
        netlist({"wire_length": repr(sum(chunks))})
    elif MODE in (37, 38):
        count = 1
        if MODE == 37:
            path = os.path.join(os.environ.get("HOME", "."), ".ladder-count")
            try:
                count = int(open(path).read()) + 1
            except OSError:
                pass
            with open(path, "w") as f:
                f.write(str(count))
        netlist({"revision_count": count})
    elif MODE in (39, 40):
        fresh = {"vendors": ["Acme"], "source": "network"}
        used = cached(".ladder-cache.json", lambda: {"vendors": ["Acme", "Globex"], "source": "cache"}) if MODE == 39 else fresh
        if MODE == 39 and not os.path.exists(os.path.join(os.environ.get("HOME", "."), ".ladder-seen")):
            open(os.path.join(os.environ.get("HOME", "."), ".ladder-seen"), "w").close()
            used = fresh
        netlist({"stock": used})
    elif MODE in (41, 42):
        path = os.path.join(OUT, "ladder.zip")
        put("fab.txt", "D03\n")
        info = zipfile.ZipInfo.from_file(os.path.join(OUT, "fab.txt"), "fab.txt")
        info.date_time = (2026, 1, 2, 0, 0, 0)
        if MODE == 42:
            info.external_attr = 0o100644 << 16
            os.chmod(os.path.join(OUT, "fab.txt"), 0o644)
        with zipfile.ZipFile(path, "w") as z:
            z.writestr(info, "D03\n")
        os.chmod(path, 0o644)
    elif MODE in (43, 44):
        gerbers("gerbers.zip", (lambda: time.localtime()[:6]) if MODE == 43 else (lambda: (1980, 1, 1, 0, 0, 0)))
    elif MODE in (45, 46):
        end = time.perf_counter() + 0.03
        steps, best = settle((lambda n: time.perf_counter() > end) if MODE == 45 else (lambda n: n >= 20000))
        netlist({"placement": {"steps": steps, "cost": best}})
    elif MODE in (47, 48):
        netlist({"workers": len(os.sched_getaffinity(0)) if MODE == 47 else 1})
    elif MODE in (49, 50):
        env = sorted(k for k in os.environ if k not in ("OUT",)) if MODE == 49 else ["none"]
        put("build.txt", "".join("env %s\n" % k for k in env) + "end\n")
    elif MODE in (51, 52):
        put("build.txt", "process %d\n" % (os.getpid() if MODE == 51 else 0))
    elif MODE in (53, 54):
        codes = number_of_nets(set(NETS) if MODE == 53 else NETS)
        put("ladder.net", '(export (version "E")\n  (nets\n' + "".join(
            '    (net (code "%d") (name "%s"))\n' % (codes[n], n) for n in NETS) + "  ))\n")
    elif MODE in (55, 56):
        t = datetime.datetime.fromtimestamp(1700000000) if MODE == 55 else datetime.datetime.fromtimestamp(1700000000, datetime.timezone.utc)
        schematic("ladder.kicad_sch", date=t.strftime("%Y-%m-%d %H:%M"))
    elif MODE in (57, 58):
        old = [n for n in sorted(os.listdir(OUT)) if n.endswith(".log")] if MODE == 57 else []
        put("nets.txt", "".join(n + "\n" for n in NETS + old))
        put("run-%s.log" % (len(old) if MODE == 57 else "last"), "done\n")
    elif MODE in (59, 60):
        put("build.txt", "language %s\n" % (os.environ.get("LC_ALL") or os.environ.get("LANG") or "C" if MODE == 59 else "C"))
    elif MODE in (61, 62):
        start = time.perf_counter()
        sum(i * i for i in range(20000))
        put("build.txt", "placed in %.9f s\n" % (time.perf_counter() - start if MODE == 61 else 0))
    elif MODE in (63, 64):
        put("build.txt", "home %s\n" % (os.path.expanduser("~/.config/ladder") if MODE == 63 else "~/.config/ladder"))
    elif MODE in (65, 66):
        put("build.txt", "written to %s\n" % (os.path.abspath(OUT) if MODE == 65 else "out"))
    else:
        sys.exit("no such mode")


main()
