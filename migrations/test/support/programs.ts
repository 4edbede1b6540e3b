/** The programs that tests run: the migration, and the command-line program. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { DEPLOY } from './paths.ts';

const CLI = process.env['BACKSTOP_CLI'];

/** Why tests that compare with the command-line program are skipped, or `false`. */
export const WITHOUT_CLI: string | false =
    CLI && existsSync(CLI) ? false : 'no command-line program: set BACKSTOP_CLI to it';

/** How a program ended. */
export interface Ended {
    /** Nothing if it was killed. */
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

/** A running program. */
export interface Running {
    readonly child: ChildProcess;
    readonly ended: Promise<Ended>;
}

/** The environment without what a caller may have set for himself. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const mine = Object.entries(process.env).filter(
        ([name]) => !name.startsWith('BACKSTOP_') && !/_(MINT|FEED)$/.test(name),
    );
    return { ...Object.fromEntries(mine), ...extra };
}

/** Starts a program. */
export function start(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    cwd?: string,
): Running {
    const child = spawn(program, args, {
        env: environment(env),
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(cwd === undefined ? {} : { cwd }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<Ended>((done, failed) => {
        child.on('error', failed);
        child.on('close', (code) => done({ code, stdout, stderr }));
    });
    return { child, ended };
}

/** Starts the migration. */
export function startMigration(args: readonly string[]): Running {
    return start(process.execPath, [DEPLOY, ...args]);
}

/** Runs the migration. */
export function migration(...args: string[]): Promise<Ended> {
    return startMigration(args).ended;
}

/** Runs the command-line program. */
export function cli(...args: string[]): Promise<Ended> {
    return start(CLI ?? '', args).ended;
}

/** A step as both programs print it. */
export interface ShownStep {
    readonly kind: string;
    readonly title: string;
    readonly bank: string | null;
    readonly changes: readonly {
        readonly field: string;
        readonly from: string;
        readonly to: string;
        readonly raises_risk: boolean;
    }[];
    readonly effect: string | null;
    readonly applicable_from: number | null;
}

/** The document that both programs print. */
export interface Shown {
    readonly market: string;
    readonly admin: string;
    readonly steps: readonly ShownStep[];
    readonly waiting: readonly { readonly bank: string | null; readonly applicable_from: number }[];
    readonly notes: readonly string[];
    readonly signatures?: readonly (string | null)[];
}

/** The document of a program that went well. */
export function shown({ code, stdout, stderr }: Ended): Shown {
    if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
    return JSON.parse(stdout) as Shown;
}
