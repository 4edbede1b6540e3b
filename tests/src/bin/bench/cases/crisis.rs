//! An obligation that liquidation has emptied and that still owes: what a
//! write-off needs.

use {
    super::{rich, SOL, USDC},
    backstop_tests::{
        ix,
        tokens::Program,
        world::{Actor, BankId, BankSpec, World, DOLLAR},
    },
    solana_instruction::Instruction,
};

/// What the debt's bank has, and in which unit.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Token program of both assets.
    pub program: Program<'static>,
    /// [USDC] In the insurance vault, per unit of `scale`.
    pub insurance: u64,
    /// Write-off mode of the bank: 1 for insurance only, 2 for issuance too.
    pub mode: u8,
    /// (1) Factor on every amount; large ones make wide numbers.
    pub scale: u64,
}

impl Setting {
    /// SPL Token, this much insurance.
    pub fn insured(insurance: u64) -> Self {
        Self {
            program: Program::Token,
            insurance,
            mode: 2,
            scale: 1,
        }
    }
}

/// A loss of about 1,600 USDC that is about to be written off.
pub struct Crisis {
    /// Where it happens.
    pub world: World,
    /// The bank of the debt.
    pub usdc: BankId,
    /// Lent, and is hit.
    pub lender: Actor,
    /// Owes, without any collateral.
    pub borrower: Actor,
    /// Writes off.
    pub keeper: Actor,
}

impl Crisis {
    /// Plays it up to the write-off.
    pub fn new(setting: Setting) -> Self {
        let mut world = World::bytecode();
        let [usdc, sol] = [BankSpec::usdc(), BankSpec::sol()].map(|mut spec| {
            spec.program = setting.program;
            spec.config.write_off_mode = setting.mode;
            if setting.scale > 1 {
                spec = without_caps(spec);
            }
            world.add_bank(&spec)
        });
        let amount = |count: u64| count * setting.scale;
        let lender = rich(&mut world, "lender", &[(usdc, amount(120_000 * USDC))]);
        let borrower = rich(&mut world, "borrower", &[(sol, amount(100 * SOL))]);
        let liquidator = rich(&mut world, "liquidator", &[(usdc, amount(10_000 * USDC))]);
        let keeper = world.actor("keeper");
        world
            .deposit(&lender, usdc, amount(100_000 * USDC))
            .unwrap();
        if setting.insurance > 0 {
            world
                .fund_insurance(&lender, usdc, amount(setting.insurance * USDC))
                .unwrap();
        }
        world.deposit(&borrower, sol, amount(100 * SOL)).unwrap();
        world.borrow(&borrower, usdc, amount(6_500 * USDC)).unwrap();
        world.advance(3_600);
        world.set_price(sol, 50 * DOLLAR);
        world
            .liquidate(&liquidator, &borrower, usdc, sol, u64::MAX)
            .unwrap();
        world.advance(1);
        Self {
            world,
            usdc,
            lender,
            borrower,
            keeper,
        }
    }

    /// A write-off, with a bounty for the keeper if he wants one.
    pub fn write_off(&self, bounty: bool) -> Instruction {
        let account = bounty.then(|| self.world.wallet(&self.keeper, self.usdc));
        ix::write_off(
            &self.world.keys(self.usdc),
            self.borrower.obligation,
            account,
            &[],
        )
    }

    /// A refresh of the bank, in which interest is booked.
    pub fn refresh(&self) -> Instruction {
        ix::refresh_banks(&[self.world.keys(self.usdc)])
    }

    /// Plays the write-off too, out of what there is.
    pub fn written_off(setting: Setting) -> Self {
        let mut crisis = Self::new(setting);
        let (refresh, write_off) = (crisis.refresh(), crisis.write_off(false));
        crisis.world.send(&[refresh, write_off], &[]).unwrap();
        crisis
    }
}

/// USDC and SOL without caps.
pub fn wide_banks(world: &mut World) -> (BankId, BankId) {
    let [usdc, sol] = [BankSpec::usdc(), BankSpec::sol()];
    (
        world.add_bank(&without_caps(usdc)),
        world.add_bank(&without_caps(sol)),
    )
}

fn without_caps(mut spec: BankSpec<'_>) -> BankSpec<'_> {
    spec.config.deposit_cap = u64::MAX;
    spec.config.borrow_cap = u64::MAX;
    spec
}
