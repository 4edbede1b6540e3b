/** A plan as text and as JSON, in the words of `backstop market plan`. */
import type { Address } from '@solana/kit';
import { showDuration } from './file/spans.ts';
import type { Desired } from './file/resolve.ts';
import { type Change, changesOf } from './plan/changes.ts';
import type { Plan, Planned } from './plan/plan.ts';
import { bankOf, effectOf, type Step } from './plan/step.ts';

function bankName(desired: Desired, bank: Address): string {
    return desired.banks.find(({ keys }) => keys.bank === bank)?.name ?? bank;
}

/** A step in a few words. */
export function titleOf(desired: Desired, step: Step): string {
    const bank = bankOf(step);
    const name = bank === undefined ? '' : bankName(desired, bank);
    switch (step.kind) {
        case 'create-market':
            return `create market ${desired.keys.market}`;
        case 'update-market':
            return 'update market';
        case 'apply-market-update':
            return "apply the market's queued change";
        case 'cancel-market-update':
            return "drop the market's queued change: the file does not want it";
        case 'create-bank':
            return `create bank ${name}`;
        case 'update-bank':
            return `update bank ${name}`;
        case 'apply-bank-update':
            return `apply the queued change of bank ${name}`;
        case 'cancel-bank-update':
            return `drop the queued change of bank ${name}: the file does not want it`;
    }
}

/** A time on the calendar. */
export function showTime(secs: bigint): string {
    const text = new Date(Number(secs) * 1_000).toISOString();
    return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}

function showRelative(at: bigint, now: bigint): string {
    if (at === now) return 'now';
    return at > now ? `in ${showDuration(at - now)}` : `${showDuration(now - at)} ago`;
}

function effectLine({ step, before }: Planned): string[] {
    const effect = effectOf(step);
    if (!effect) return [];
    if (effect.kind === 'queued') {
        const when = `${showTime(effect.from)} (${showRelative(effect.from, before.now)})`;
        return [`     raises risk: queued, applicable from ${when}`];
    }
    const nobody = before.market?.obligations === 0n ? ': nobody has an obligation yet' : '';
    return [`     takes effect at once${nobody}`];
}

/** The plan for people. */
export function planText(desired: Desired, plan: Plan): string {
    const lines: string[] = [];
    if (plan.steps.length === 0) {
        const now = plan.waiting.length > 0 ? ' now' : '';
        lines.push(`nothing to do${now}: market ${desired.keys.market} is as the file says`);
    }
    for (const [index, planned] of plan.steps.entries()) {
        lines.push(`${index + 1}. ${titleOf(desired, planned.step)}`);
        for (const { field, from, to, raises_risk } of changesOf(desired, planned)) {
            lines.push(`     ${field}: ${from} -> ${to}${raises_risk ? '  (raises risk)' : ''}`);
        }
        lines.push(...effectLine(planned));
    }
    for (const { bank, from } of plan.waiting) {
        const what = bank === undefined ? 'the market' : `bank ${bankName(desired, bank)}`;
        lines.push(
            `still waits: the queued change of ${what}, applicable from ${showTime(from)}; run this again then`,
        );
    }
    lines.push(...plan.notes.map((note) => `note: ${note}`));
    return lines.join('\n');
}

/** A step for programs. */
export interface StepReport {
    readonly kind: Step['kind'];
    readonly title: string;
    readonly bank: string | null;
    readonly changes: readonly Change[];
    readonly effect: 'at-once' | 'queued' | null;
    /** (unix secs) */
    readonly applicable_from: number | null;
}

/** A step for programs. */
export function stepReport(desired: Desired, planned: Planned): StepReport {
    const { step } = planned;
    const bank = bankOf(step);
    const effect = effectOf(step);
    return {
        kind: step.kind,
        title: titleOf(desired, step),
        bank: bank === undefined ? null : bankName(desired, bank),
        changes: changesOf(desired, planned),
        effect: effect?.kind ?? null,
        applicable_from: effect?.kind === 'queued' ? Number(effect.from) : null,
    };
}

/** What `backstop market plan --json` prints, without the instructions. */
export function planReport(desired: Desired, plan: Plan): Record<string, unknown> {
    return {
        market: desired.keys.market,
        governance_mint: desired.keys.mint,
        admin: desired.admin,
        banks: desired.banks.map(({ name, keys, decimals }) => ({
            name,
            bank: keys.bank,
            mint: keys.mint,
            decimals,
            oracle: keys.oracle,
        })),
        steps: plan.steps.map((planned) => stepReport(desired, planned)),
        waiting: plan.waiting.map(({ bank, from }) => ({
            bank: bank === undefined ? null : bankName(desired, bank),
            applicable_from: Number(from),
        })),
        notes: plan.notes,
    };
}
