// Written by scripts/generate.mjs from clients/idl/backstop.json: do not edit.

import { type Address } from '@solana/kit';

/** Who signs the self-calls that carry loss events: `["__event_authority"]`. */
export const EVENT_AUTHORITY = '4UUqugQ9uFU1p5a1P5BpEtrS6ADcWRvLfK12pZmN9ejj' as Address;
