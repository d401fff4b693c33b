"""Answers calls, and misbehaves on request."""
import json
import os
import subprocess
import sys
import time

count = 0


def answer(id, **members):
    print(json.dumps({"id": id, **members}), flush=True)


for line in sys.stdin:
    call = json.loads(line)
    id, args, kwargs = call["id"], call["args"], call["kwargs"]
    count += 1
    what = args[0]
    if what == "echo":
        answer(id, result=[args[1:], kwargs])
    elif what == "count":
        answer(id, result=count)
    elif what == "pid":
        answer(id, result=os.getpid())
    elif what == "folder":
        answer(id, result=os.path.basename(os.getcwd()))
    elif what == "fail":
        answer(id, error={"kind": "ValueError", "message": "want a number"})
    elif what == "crash":
        print("Traceback: it was too hot", file=sys.stderr)
        sys.exit(3)
    elif what == "abort":
        os.abort()
    elif what == "hang":
        time.sleep(3600)
    elif what == "garbage":
        print("Loading model...", flush=True)
    elif what == "half":
        sys.stdout.write('{"id": 1, "res')
        sys.stdout.flush()
        sys.exit(0)
    elif what == "wrong id":
        answer(id + 7, result=1)
    elif what == "no id":
        print('{"result": 1}', flush=True)
    elif what == "no result":
        answer(id)
    elif what == "close":
        os.close(1)
        time.sleep(3600)
    elif what == "flood":
        for i in range(args[1]):
            print("noise", i, file=sys.stderr)
        answer(id, result="dry")
    elif what == "big":
        answer(id, result="x" * args[1])
    elif what == "endless line":
        while True:
            sys.stdout.write("x" * 65536)
    elif what == "child":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
        answer(id, result=child.pid)
    elif what == "deaf":
        sys.stdin.close()
        answer(id, result="gone")
        time.sleep(3600)
