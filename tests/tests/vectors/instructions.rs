//! Every instruction of the client, with fixed keys and arguments.

use backstop::state::{BankConfig, MarketConfig, PauseKind};
use backstop_client::{
    addresses::{BankKeys, MarketKeys},
    instructions::{self as ix, Deposit, Liquidate, LiquidationParties, Withdraw},
};
use serde_json::{json, Value};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::{show::text, Vectors};

fn key(number: u8) -> Pubkey {
    Pubkey::new_from_array([number; 32])
}

const TOKEN: Pubkey = anchor_spl::token::ID;
const TOKEN_2022: Pubkey = anchor_spl::token_2022::ID;

/// A market with a feed, and two banks of different token programs.
fn keys() -> (MarketKeys, BankKeys, BankKeys) {
    let market = MarketKeys::new(key(1), TOKEN_2022, Some(key(2)));
    let bank = BankKeys::new(market, key(3), TOKEN, key(4));
    let other = BankKeys::new(market, key(5), TOKEN_2022, key(6));
    (market, bank, other)
}

fn show_bank(keys: &BankKeys) -> Value {
    json!({
        "bank": text(keys.bank),
        "mint": text(keys.mint),
        "tokenProgram": text(keys.token_program),
        "liquidityVault": text(keys.liquidity_vault),
        "insuranceVault": text(keys.insurance_vault),
        "governanceEscrow": text(keys.governance_escrow),
        "oracle": text(keys.oracle),
    })
}

fn show(name: &str, instruction: &Instruction) -> Value {
    let accounts: Vec<Value> = instruction
        .accounts
        .iter()
        .map(|meta| json!([text(meta.pubkey), meta.is_signer, meta.is_writable]))
        .collect();
    let data: String = instruction
        .data
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    json!({
        "name": name,
        "program": text(instruction.program_id),
        "accounts": accounts,
        "data": data,
    })
}

/// Settings in which every field differs from its neighbours.
fn bank_config() -> BankConfig {
    let numbered: Vec<u8> = (1..=u8::MAX)
        .cycle()
        .take(size_of::<BankConfig>())
        .collect();
    bytemuck::pod_read_unaligned(&numbered)
}

fn market_config() -> MarketConfig {
    let numbered: Vec<u8> = (1..=u8::MAX)
        .rev()
        .cycle()
        .take(size_of::<MarketConfig>())
        .collect();
    bytemuck::pod_read_unaligned(&numbered)
}

pub fn all() -> Vectors {
    let (market, bank, other) = keys();
    let fixed = json!({
        "name": "keys",
        "market": {
            "market": text(market.market),
            "mint": text(market.mint),
            "tokenProgram": text(market.token_program),
            "oracle": market.oracle.map(text),
        },
        "bank": show_bank(&bank),
        "other": show_bank(&other),
        "createdMint": text(MarketKeys::created_mint(&key(7), 258)),
        "obligation": text(market.obligation(&key(7), 258)),
        "tokenAccount": text(bank.token_account(&key(7))),
        "sponsoredOracle": text(BankKeys::sponsored_oracle(&backstop::constants::PYTH_RECEIVERS[0], &[9; 32])),
        "sponsoredOracleCompatible": text(BankKeys::sponsored_oracle(&backstop::constants::PYTH_RECEIVERS[1], &[9; 32])),
    });
    let mut cases = vec![fixed];
    for (name, instruction) in [
        market_side(market, bank),
        lending(market, bank, other),
        losses(bank),
    ]
    .into_iter()
    .flatten()
    {
        cases.push(show(name, &instruction));
    }
    Vectors {
        name: "instructions",
        cases,
    }
}

fn market_side(market: MarketKeys, bank: BankKeys) -> Vec<(&'static str, Instruction)> {
    let (config, settings) = (bank_config(), market_config());
    let at = market.market;
    vec![
        (
            "createMarket",
            ix::create_market(&market, key(10), key(11), key(12), settings),
        ),
        (
            "createMarketWithMint",
            ix::create_market_with_mint(
                &market,
                key(10),
                key(11),
                key(12),
                258,
                9,
                u64::MAX - 1,
                settings,
            ),
        ),
        ("updateMarket", ix::update_market(at, key(11), settings)),
        ("applyMarketUpdate", ix::apply_market_update(at)),
        ("cancelMarketUpdate", ix::cancel_market_update(at, key(11))),
        ("proposeAdmin", ix::propose_admin(at, key(11), key(12))),
        ("acceptAdmin", ix::accept_admin(at, key(12))),
        (
            "pause",
            ix::pause(at, key(11), PauseKind::WriteOff, 0x0102_0304),
        ),
        (
            "liftPause",
            ix::lift_pause(at, key(11), PauseKind::Issuance),
        ),
        (
            "createBank",
            ix::create_bank(&bank, key(10), key(11), config),
        ),
        ("updateBank", ix::update_bank(&bank, key(11), config)),
        ("applyBankUpdate", ix::apply_bank_update(&bank)),
        ("cancelBankUpdate", ix::cancel_bank_update(&bank, key(11))),
        (
            "fundInsurance",
            ix::fund_insurance(&bank, key(10), key(13), 1 << 40),
        ),
        ("collectFees", ix::collect_fees(&bank, key(13))),
    ]
}

fn lending(
    market: MarketKeys,
    bank: BankKeys,
    other: BankKeys,
) -> Vec<(&'static str, Instruction)> {
    let lists = [bank.bank, other.bank];
    let parties = LiquidationParties {
        liquidator: key(10),
        liquidator_obligation: key(14),
        liquidator_token_account: key(13),
        obligation: key(15),
    };
    let deposit = Deposit {
        atoms: 1 << 41,
        min_shares: 1 << 100,
        accept_deficit: true,
    };
    let withdraw = Withdraw {
        shares: u128::MAX,
        min_atoms: 7,
    };
    let liquidate = Liquidate {
        max_repay: u64::MAX,
        min_shares: 1 << 90,
    };
    vec![
        ("refreshBanks", ix::refresh_banks(&[bank, other])),
        (
            "openObligation",
            ix::open_obligation(&market, key(10), key(11), 258),
        ),
        (
            "closeObligation",
            ix::close_obligation(key(11), key(15), key(10)),
        ),
        (
            "deposit",
            ix::deposit(&bank, key(11), key(15), key(13), deposit),
        ),
        (
            "withdraw",
            ix::withdraw(&bank, key(11), key(15), key(13), withdraw, &lists),
        ),
        (
            "borrow",
            ix::borrow(&bank, key(11), key(15), key(13), 1 << 42, &lists),
        ),
        (
            "repay",
            ix::repay(&bank, key(10), key(15), key(13), 1 << 43),
        ),
        (
            "liquidate",
            ix::liquidate(&bank, &other, parties, liquidate, &lists),
        ),
        (
            "createTokenAccount",
            ix::create_token_account(&key(10), &key(11), &key(3), &TOKEN),
        ),
    ]
}

fn losses(bank: BankKeys) -> Vec<(&'static str, Instruction)> {
    let mut bare = bank;
    bare.market.oracle = None;
    vec![
        (
            "writeOff",
            ix::write_off(&bank, key(15), Some(key(13)), &[key(16)]),
        ),
        ("writeOffBare", ix::write_off(&bare, key(15), None, &[])),
        ("coverDeficit", ix::cover_deficit(&bank)),
        (
            "buyGovernance",
            ix::buy_governance(&bank, key(10), key(13), key(17), 1 << 44, 1 << 45),
        ),
        ("closeAuction", ix::close_auction(&bank)),
        ("socialiseDeficit", ix::socialise_deficit(&bank)),
        (
            "repayWrittenOff",
            ix::repay_written_off(&bank, key(10), key(15), key(13), 1 << 46),
        ),
        ("startBuyBack", ix::start_buy_back(&bank)),
        (
            "sellGovernance",
            ix::sell_governance(&bank, key(10), key(17), key(13), 1 << 47, 1 << 48),
        ),
        ("closeBuyBack", ix::close_buy_back(&bank)),
    ]
}
