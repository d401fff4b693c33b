// Answers calls, and misbehaves on request.
const lines = require("readline").createInterface({ input: process.stdin });

lines.on("line", (line) => {
  const { id, args, kwargs } = JSON.parse(line);
  const answer = (members) => process.stdout.write(JSON.stringify({ id, ...members }) + "\n");
  switch (args[0]) {
    case "echo":
      return answer({ result: [args.slice(1), kwargs] });
    case "fail":
      return answer({ error: { kind: "RangeError", message: "want less" } });
    case "crash":
      throw new Error("it was too cold");
    case "garbage":
      return console.log("ready");
    case "hang":
      for (;;) {}
  }
});
