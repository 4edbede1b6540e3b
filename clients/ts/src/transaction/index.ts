/** From instructions to a landed transaction. */
export { type Details, fetchDetails } from './details.js';
export { type Draft, draft, type DraftMessage, type DraftOptions, type DraftRpc } from './draft.js';
export { type FeePolicy, unitPrice, USUAL_FEES } from './fees.js';
export {
    confirm,
    type ConfirmOptions,
    execute,
    isExpired,
    type Landed,
    sendAndConfirm,
    type SendRpc,
} from './send.js';
