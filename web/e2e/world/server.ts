import { execFile, spawn, type ChildProcess } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = new URL("../../..", import.meta.url).pathname;
const PYTHON = join(ROOT, ".venv/bin/python");
const PATIENCE = 120_000;

/** A folder of data and the server that works on it. */
export interface Place {
  folder: string;
  port: number;
}

export function address({ port }: Place): string {
  return `http://127.0.0.1:${port}`;
}

/** Run a Python script or a module (`-m vitrine migrate`) to its end; rejects with what it says. */
export async function python(
  args: readonly string[],
  place?: Place,
  input?: string,
): Promise<void> {
  const running = promisify(execFile)(PYTHON, args, { cwd: ROOT, env: environment(place) });
  running.child.stdin?.end(input);
  await running;
}

/** Serve until `stop`; returns once it answers. Whoever stops it may be another process. */
export async function start(place: Place): Promise<void> {
  const log = openSync(logOf(place), "a");
  const server = spawn(PYTHON, ["-m", "vitrine", "serve", "--port", String(place.port)], {
    cwd: ROOT,
    env: environment(place),
    stdio: ["ignore", log, log],
  });
  writeFileSync(pidFile(place), String(server.pid));
  await answering(place, server);
}

/** End the server as a service manager would; returns once it is gone. */
export async function stop(place: Place): Promise<void> {
  const pid = Number(readFileSync(pidFile(place), "utf8"));
  process.kill(pid, "SIGTERM");
  await until(() => !lives(pid), "the server to end", 30_000);
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const given = probe.address();
      probe.close(() => {
        if (given === null || typeof given === "string") reject(new Error("no port"));
        else resolve(given.port);
      });
    });
  });
}

/** Wait until something is so, or say what did not come. */
export async function until(
  so: () => boolean | Promise<boolean>,
  what: string,
  patience = PATIENCE,
): Promise<void> {
  const end = Date.now() + patience;
  while (!(await so())) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function answering(place: Place, server: ChildProcess): Promise<void> {
  const tail = () => readFileSync(logOf(place), "utf8").slice(-3000);
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`The server ended:\n${tail()}`);
    const answer = await fetch(`${address(place)}/v1/health`).catch(() => null);
    return answer?.ok === true;
  }, "the server");
}

function environment(place?: Place): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...(place && { VITRINE_DATA_DIR: join(place.folder, "data") }),
    VITRINE_AUTH__COOKIE_SECURE: "false", // plain HTTP on loopback
    VITRINE_VISION__DETECTOR: "vitrine-garments",
    VITRINE_WEBHOOKS__ALLOW_PRIVATE: "true",
    VITRINE_FETCH__NETWORKS: "127.0.0.0/8",
    VITRINE_RETENTION__MISSED_PHOTOS_DAYS: "7",
    VITRINE_RATES__VISITOR_PHOTOS: "0", // one address is all visitors of a run
    VITRINE_LOG_FORMAT: "json",
  };
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function pidFile({ folder }: Place): string {
  return join(folder, "server.pid");
}

function logOf({ folder }: Place): string {
  return join(folder, "server.log");
}
