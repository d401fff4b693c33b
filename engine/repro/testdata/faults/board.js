// Writes netlists and schematics of a small circuit. Usage: node board.js MODE [OUT]
// As in board.py, odd modes are careless and the even ones after them careful.
'use strict'
const fs = require('fs'), os = require('os'), path = require('path'), crypto = require('crypto')
const mode = Number(process.argv[2]), out = process.argv[3] || process.env.OUT || '.'
fs.mkdirSync(out, { recursive: true })
const put = (name, text) => fs.writeFileSync(path.join(out, name), text)
const parts = ['R1', 'R2', 'C1', 'C2', 'U1', 'J1'].map((ref, i) => ({ ref, value: ['10k', '4k7', '100n', '1u', 'LM358', 'USB'][i] }))
const nets = ['Zulu', 'alpha', 'Bravo', 'öl', 'zebra', 'Apfel', 'ångström', 'czar', 'chip', 'delta']
const netlist = (extra) => put('board.json', JSON.stringify({ design: 'board', parts, ...extra }, null, 2) + '\n')
const derived = (ref) => {
  const h = crypto.createHash('sha256').update('board/' + ref).digest('hex')
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-5${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20, 32)}`
}
const odd = mode % 2 === 1
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

async function main () {
  switch (odd ? mode : mode - 1) {
    case 1: // suffixes drawn by chance
      return netlist({ parts: parts.map((p) => ({ ...p, key: p.ref + '-' + (odd ? Math.random().toString(36).slice(2, 12) : 'a') })) })
    case 3:
      return netlist({ generated: (odd ? new Date() : new Date(0)).toISOString() })
    case 5:
      return netlist({ note: odd ? 'made ' + new Date() : 'made by hand' })
    case 7: { // keys that look like numbers come first, the others as they were added: by the race
      const found = {}
      await Promise.all(nets.map(async (n, i) => { await pause(odd ? Math.random() * 30 : 0); found[n] = i }))
      return netlist({ found: odd ? found : Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1))) })
    }
    case 9:
      return put('nets.txt', [...nets].sort(odd ? (a, b) => a.localeCompare(b) : undefined).join('\n') + '\n')
    case 11:
      return put('board.kicad_sch', '(kicad_sch\n\t(version 20250114)\n' + parts.map((p) =>
        `\t(symbol\n\t\t(lib_id "Device:X")\n\t\t(uuid "${odd ? crypto.randomUUID() : derived(p.ref)}")\n\t\t(property "Reference" "${p.ref}")\n\t\t(property "Value" "${p.value}")\n\t)\n`).join('') + ')\n')
    case 13:
      return netlist({ workers: odd ? os.availableParallelism() : 1 })
    case 15:
      return netlist({ uptime: odd ? process.hrtime.bigint().toString() : '0' })
    case 17:
      return netlist({ cost: (odd ? 1234567.891 : 0).toLocaleString(odd ? undefined : 'en-US') })
    case 19:
      return netlist({ author: odd ? os.userInfo().username + ' ' + os.homedir() : 'nobody' })
    case 21:
      return netlist({ seed: odd ? Math.random() : 0.5 })
    case 23: {
      const index = {}
      for (const name of odd ? rawNames('blocks') : fs.readdirSync('blocks').sort()) index[name] = fs.readFileSync(path.join('blocks', name), 'utf8').trim()
      return netlist({ index })
    }
    case 25:
      return netlist({ zone: odd ? new Date(1700000000000).toLocaleString('sv-SE') : '2023-11-14 22:13:20' })
  }
  throw new Error('no such mode')
}

// rawNames lists a folder as the system gives it; readdirSync does so already.
function rawNames (dir) {
  const names = [], d = fs.opendirSync(dir)
  for (let e = d.readSync(); e; e = d.readSync()) names.push(e.name)
  d.closeSync()
  return names
}

main().catch((e) => { console.error(e.message); process.exit(1) })
