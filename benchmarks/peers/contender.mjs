// The contender's half of the line protocol, as in contender.py: `ready`, then for every line `go` one line of JSON.
// With `--once` the work is done once, to be measured from outside as a whole process.
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';

function peakMib() {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'ascii'))[1]) / 1024;
}

async function measured(work) {
  const began = performance.now();
  const before = process.cpuUsage();
  const operations = await work();
  const {user, system} = process.cpuUsage(before);
  return {wall: (performance.now() - began) / 1e3, cpu: (user + system) / 1e6, peak_mib: peakMib(), operations};
}

export async function contend(work) {
  if(process.argv.includes('--once')) {
    await work();
    return;
  }
  process.stdout.write('ready\n');
  for await (const line of createInterface({input: process.stdin})) {
    if(line.trim() === 'go') {
      process.stdout.write(JSON.stringify(await measured(work)) + '\n');
    }
  }
}
