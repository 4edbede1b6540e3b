//! What to do next, by what went wrong.

use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

/// By the name of the program's error.
#[must_use]
pub fn refusal(name: &str) -> Option<String> {
    let hint = match name {
        "PriceStale" | "PriceFromTheFuture" | "PriceWentBack" => {
            "wait for the feed's next update and run the command again"
        }
        "PriceUncertain" | "PriceDiverges" => {
            "the market moves too fast for the bank's limits: try again when it has calmed down"
        }
        "WrongFeed" | "WrongOracleOwner" | "InvalidOracle" => {
            "name the right price account with --oracle FEED=ACCOUNT, or correct feed_id and \
             oracle_program in the market file"
        }
        "Unhealthy" => {
            "borrow or withdraw less, or deposit more collateral: `backstop status obligation` \
             shows how much there is"
        }
        "Healthy" => "`backstop obligation list --unhealthy` shows what can be liquidated",
        "NotInsolvent" => "repay less (--max), or wait: the kindest prices still cover the debt",
        "InsufficientCash" => {
            "the bank has lent out most of its cash: take less, or wait until somebody repays"
        }
        "InsufficientShares" => "withdraw `all`, or look with `backstop status obligation`",
        "DebtBelowMinimum" => "repay `all`, or leave at least the bank's min_debt",
        "DepositCapExceeded" | "BorrowCapExceeded" | "UtilisationTooHigh" => {
            "take a smaller amount: `backstop status bank` shows cap and use"
        }
        "NoDeficit" => "there is nothing to cover: `backstop status bank` shows the books",
        "DeficitOpen" => "cover it first: `backstop cover`",
        "DeficitNotAccepted" => {
            "a loss may still fall on lenders: pass --accept-deficit to deposit all the same"
        }
        "NoAuction" => "`backstop status auction` shows where one is live",
        "AuctionLive" => "close it first: `backstop close-auction` or `backstop buy-back close`",
        "AuctionNotOpen" | "AuctionNotEnded" => "`backstop status auction` shows when",
        "AuctionEnded" => "close it: `backstop close-auction`",
        "PaymentAboveMax" => "raise --max-pay, or wait: the price falls until the auction ends",
        "ProceedsBelowMin" => "lower --min, or wait: the price rises until the buy-back ends",
        "InsuranceNotEmpty" => "insurance pays first: `backstop cover`",
        "SocialiseTooEarly" => "`backstop status bank` shows when lenders may be made to share it",
        "NothingWrittenOff" => "`backstop status obligation` shows its records",
        "RecordOpen" => "repay the record first: `backstop recover`",
        "CollateralLeft" => "liquidate what collateral is left: `backstop liquidate`",
        "RiskTooRecent" => "wait for the bank's min_risk_age_secs after the owner's last loan",
        "WriteOffDisabled" => "the admin sets write_off_mode in the market file and applies it",
        "NoSurplus" => "`backstop status bank` shows insurance and its target",
        "InvalidConfig" => "docs/risk.md lists every setting with its bounds",
        "NotAdmin" => "sign with the admin's keypair (-k): `backstop status market` names him",
        "NotGuardian" => "sign with the guardian's or the admin's keypair (-k)",
        "NotOwner" => "sign with the owner's keypair (-k)",
        "NotMintAuthority" => "sign with the governance mint's authority: --mint-authority FILE",
        "NotPendingAdmin" => "the present admin proposes first: `backstop admin propose ADDRESS`",
        "BankNotLive" => "a bank that is added later waits for the market's delay",
        "BorrowPaused" | "WriteOffPaused" | "IssuancePaused" => {
            "`backstop status market` shows until when; a pause lapses by itself"
        }
        "PauseNotAllowed" => "at most max_pause_secs at a time, and as long a rest in between",
        "NoPendingUpdate" => "nothing is queued: `backstop market plan FILE` shows differences",
        "UpdateTooEarly" => "`backstop market plan FILE` shows from when on it can be applied",
        "UpdateLapsed" => "queue it again: `backstop market apply FILE`",
        "ObligationNotEmpty" => "repay and withdraw everything, and repay its records",
        "TooManyPositions" => "use another obligation: --index N",
        "BothSides" => {
            "deposit and borrow in different banks, or use another obligation: --index N"
        }
        "WrongVersion" => "this program and the deployed one are of different versions",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// By what the runtime or another program says.
#[must_use]
pub fn runtime(error: &TransactionError, logs: &[String]) -> Option<String> {
    let logged = |text: &str| logs.iter().any(|line| line.contains(text));
    let sol = "the payer has too little SOL: `solana airdrop 2` on devnet or localhost, \
               otherwise send some to it";
    let hint = match error {
        TransactionError::AccountNotFound
        | TransactionError::InsufficientFundsForFee
        | TransactionError::InsufficientFundsForRent { .. } => sol,
        TransactionError::InstructionError(_, InstructionError::Custom(1))
            if logged("insufficient lamports") =>
        {
            sol
        }
        TransactionError::InstructionError(_, InstructionError::Custom(1))
            if logged("nsufficient funds") || logged("Error: insufficient") =>
        {
            "the token account holds less than that: `spl-token balance MINT` shows it"
        }
        // p-token has no log: its number is all there is.
        TransactionError::InstructionError(_, InstructionError::Custom(1)) => {
            "the token account holds less than that, or the payer too little SOL"
        }
        TransactionError::InstructionError(_, InstructionError::Custom(17)) => {
            "the token account is frozen by the issuer"
        }
        TransactionError::ProgramAccountNotFound
        | TransactionError::InvalidProgramForExecution
        | TransactionError::InstructionError(_, InstructionError::IncorrectProgramId) => {
            "the program is not deployed on this cluster: check --url, or deploy it (README)"
        }
        TransactionError::BlockhashNotFound => "run the command again",
        _ => return None,
    };
    Some(hint.to_owned())
}
