/** Differences between settings, setting by setting. */
import type { Scale } from '../file/decimal.ts';
import { BANK, type Field, MARKET, type Values } from '../file/fields.ts';
import { type Desired, scaleOf } from '../file/resolve.ts';
import { showUnit } from '../file/units.ts';
import type { Planned } from './plan.ts';
import { bankRaisesRisk, marketRaisesRisk } from './risk.ts';
import { withSetting } from './verdict.ts';

/** One setting that differs. */
export interface Change {
    /** Its name in the program. */
    readonly field: string;
    /** As it is. */
    readonly from: string;
    /** As it is to be. */
    readonly to: string;
    /** Whether this change alone raises somebody's risk. */
    readonly raises_risk: boolean;
}

function changes<T extends Values>(
    table: readonly Field[],
    from: T,
    to: T,
    scale: Scale,
    raisesRisk: (from: T, to: T) => boolean,
): Change[] {
    return table.flatMap(({ name, unit }) => {
        const old = from[name];
        const wanted = to[name];
        if (old === undefined || wanted === undefined || old === wanted) return [];
        const alone = withSetting(from, to, name);
        return {
            field: name,
            from: showUnit(unit, old, scale),
            to: showUnit(unit, wanted, scale),
            raises_risk: raisesRisk(from, alone),
        };
    });
}

/** The settings that a step changes, against the state before it. */
export function changesOf(desired: Desired, { step, before }: Planned): Change[] {
    const { market } = before;
    if (!market) return [];
    const marketTo = (to: typeof market.settings | undefined): Change[] =>
        to ? changes(MARKET, market.settings, to, scaleOf(desired), marketRaisesRisk) : [];
    switch (step.kind) {
        case 'update-market':
            return marketTo(step.settings);
        case 'apply-market-update':
            return marketTo(market.queued?.settings);
        case 'update-bank':
        case 'apply-bank-update': {
            const found = before.banks.get(step.bank);
            const to = step.kind === 'update-bank' ? step.settings : found?.queued?.settings;
            const wanted = desired.banks.find(({ keys }) => keys.bank === step.bank);
            if (!found || !to) return [];
            return changes(BANK, found.settings, to, scaleOf(desired, wanted), bankRaisesRisk);
        }
        default:
            return [];
    }
}
