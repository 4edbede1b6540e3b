/** From the caller's words to a market as its file says. */
import { createInterface } from 'node:readline/promises';
import { address, createSolanaRpc, type Rpc, type SolanaRpcApi } from '@solana/kit';
import { carryOut, simulate, type Work } from './apply.ts';
import { fetchMints, observe } from './chain/observe.ts';
import { type CheckedProgram, checkProgram } from './chain/program.ts';
import { onlookers, readKeypair, type Signers } from './chain/signers.ts';
import { MigrationError } from './error.ts';
import { loadMarketFile, type MarketFile, mintsOf, settleAdmin } from './file/market.ts';
import { type Desired, resolve } from './file/resolve.ts';
import type { Options } from './options.ts';
import { makePlan, type Plan } from './plan/plan.ts';
import { needsAdmin } from './plan/step.ts';
import { RecordFile } from './record.ts';
import { planReport, planText, stepReport, titleOf } from './render.ts';

/** Where text goes, and where the JSON document. */
export interface Output {
    readonly line: (text: string) => void;
    readonly document: (value: Record<string, unknown>) => void;
}

/** Checks the program, plans, asks, applies, records. Throws a `MigrationError` or a `FileError`. */
export async function migrate(options: Options, output: Output): Promise<void> {
    // A mistake in the file is worth no question to the cluster.
    const file = options.file === undefined ? undefined : loadMarketFile(options.file);
    const rpc = createSolanaRpc(options.url);
    const genesis = await genesisHash(rpc, options.url);
    output.line(`cluster  ${options.url} (genesis ${genesis})`);
    const program = await checkProgram(rpc, options.program);
    output.line(`program  ${program.address}, as built: SHA-256 ${program.sha256}`);
    output.line(`upgrades ${program.upgradeAuthority ?? 'by nobody: the program is final'}`);
    const base = { genesis_hash: genesis, program: programReport(program) };
    if (!file) {
        output.line('The program is there. Name a market file to go on.');
        output.document(base);
        return;
    }
    const { desired, plan, signers } = await look(rpc, file, options);
    output.line(planText(desired, plan));
    const report = { ...base, ...planReport(desired, plan), dry_run: options.dryRun };
    const record = new RecordFile(options.records, file.name, genesis, program.address);
    if (!options.dryRun) await record.settle(rpc);
    const [first] = plan.steps;
    if (!first) {
        output.document({ ...report, signatures: [] });
        return;
    }
    requireAdmin(desired, plan, signers);
    await requireFunds(rpc, signers);
    const work: Work = { rpc, desired, signers };
    if (options.dryRun) {
        const { units, fee } = await simulate(work, first);
        output.line(`dry run: the first step would go through (${units} units, ${fee} lamports)`);
        output.document({ ...report, signatures: [] });
        return;
    }
    await confirmed(options);
    const signatures: (string | null)[] = [];
    await carryOut(work, plan, {
        sending: (planned, signature, { lastValidBlockHeight }, now) =>
            record.sent({
                ...stepReport(desired, planned),
                market: desired.keys.market,
                signature,
                last_valid_block_height: Number(lastValidBlockHeight),
                sent_at: Number(now),
                program_sha256: program.sha256,
            }),
        failed: (signature) => record.dropped(signature),
        done: ({ step }, outcome, index) => {
            if (outcome) record.applied(outcome.signature, outcome.slot);
            signatures.push(outcome?.signature ?? null);
            const what = `${titleOf(desired, step)}, ${outcome?.signature ?? 'done before'}`;
            output.line(`done ${index + 1}/${plan.steps.length}: ${what}`);
        },
    });
    output.line(`recorded in ${record.path}`);
    output.document({ ...report, signatures });
}

async function genesisHash(rpc: Rpc<SolanaRpcApi>, url: string): Promise<string> {
    try {
        return await rpc.getGenesisHash().send();
    } catch (error) {
        throw new MigrationError(`${url} does not answer`, `check --url; ${String(error)}`);
    }
}

/** File, chain and the way between them. */
async function look(
    rpc: Rpc<SolanaRpcApi>,
    file: MarketFile,
    options: Options,
): Promise<{ desired: Desired; plan: Plan; signers: Signers }> {
    const signers = await signersOf(file, options);
    const signer = signers.admin.address;
    const mints = await fetchMints(rpc, mintsOf(file));
    let desired = await resolve(file, signer, mints);
    const supply = mints.get(desired.keys.mint)?.supply ?? 0n;
    const observed = await observe(rpc, desired, supply);
    // Whoever looks at a market that is there: its admin is the chain's.
    if (file.admin === undefined && observed.market) {
        const settled = settleAdmin(file, observed.market.admin, signer);
        desired = await resolve(settled, signer, mints);
    }
    return { desired, plan: makePlan(desired, observed), signers };
}

async function signersOf(file: MarketFile, options: Options): Promise<Signers> {
    const { payer: named } = options;
    try {
        const payer = typeof named === 'string' ? await readKeypair(named) : named;
        const other = async (path: string | undefined): Promise<typeof payer> =>
            path === undefined ? payer : readKeypair(path);
        const admin = await other(options.admin);
        return { payer, admin, mintAuthority: await other(options.mintAuthority) };
    } catch (error) {
        if (!options.dryRun || file.admin === undefined) throw error;
        return onlookers(address(file.admin));
    }
}

/** The file's admin may be another one than the market's. */
function requireAdmin(desired: Desired, plan: Plan, { admin }: Signers): void {
    if (!plan.steps.some(({ step }) => needsAdmin(step))) return;
    const required = plan.steps[0]?.before.market?.admin ?? desired.admin;
    if (admin.address === required) return;
    throw new MigrationError(
        `the admin is ${required}, and the signer is ${admin.address}`,
        "name the admin's keypair with --admin FILE; for a multisig `backstop market plan --json` " +
            'prints the instructions',
    );
}

/** A node says only "AccountNotFound". */
async function requireFunds(rpc: Rpc<SolanaRpcApi>, { payer }: Signers): Promise<void> {
    const { value } = await rpc.getBalance(payer.address, { commitment: 'confirmed' }).send();
    if (value > 0n) return;
    throw new MigrationError(
        `the payer ${payer.address} has no SOL on this cluster`,
        'send it some: a market with two banks takes less than a tenth of a SOL in rent and fees',
    );
}

async function confirmed({ url, yes }: Options): Promise<void> {
    if (yes) return;
    if (!process.stdin.isTTY) {
        throw new MigrationError(
            'this needs a yes, and standard input is no terminal',
            'pass --yes or set BACKSTOP_YES=1, or look first with --dry-run',
        );
    }
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await terminal.question(`Do this on ${url}? [y/N] `);
    terminal.close();
    if (!['y', 'Y', 'yes'].includes(answer.trim())) throw new MigrationError('nothing was done');
}

function programReport({
    address,
    sha256,
    upgradeAuthority,
}: CheckedProgram): Record<string, unknown> {
    return { address, sha256, upgrade_authority: upgradeAuthority ?? null };
}
