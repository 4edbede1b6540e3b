//! The write-off, by what covers it.

use {
    super::{
        crisis::{Crisis, Setting},
        TOKEN_2022,
    },
    crate::bench::Bench,
};

/// [USDC] More than the loss.
const AMPLE: u64 = 10_000;
/// [USDC] Less than the loss.
const SCARCE: u64 = 500;

/// Measures write-offs.
pub fn measure(bench: &mut Bench) {
    let insured = Setting::insured(AMPLE);
    let new = Setting {
        program: TOKEN_2022,
        ..insured
    };
    let wide = Setting {
        scale: 10_000_000,
        ..insured
    };
    for (shape, setting, bounty) in [
        ("insurance", insured, false),
        ("insurance, bounty", insured, true),
        ("issuance", Setting::insured(0), false),
        ("insurance and issuance", Setting::insured(SCARCE), false),
        ("insurance and bounty, Token-2022", new, true),
        (
            "insurance and issuance, Token-2022",
            Setting {
                insurance: SCARCE,
                ..new
            },
            false,
        ),
        ("insurance, wide numbers", wide, false),
        (
            "insurance and issuance, wide numbers",
            Setting {
                insurance: SCARCE,
                ..wide
            },
            false,
        ),
    ] {
        let mut crisis = Crisis::new(setting);
        let instructions = [crisis.refresh(), crisis.write_off(bounty)];
        bench.measure(&mut crisis.world, "write_off", shape, &instructions, &[]);
        let after = crisis.world.bank(crisis.usdc);
        let issues = shape.contains("issuance");
        assert_eq!(after.auction.lot > 0, issues, "{shape}");
        assert_eq!(after.ledger.deficit > 0, issues, "{shape}");
    }

    let mut crisis = Crisis::new(insured);
    let alone = [crisis.write_off(false)];
    let shape = "insurance, interest is due";
    bench.measure(&mut crisis.world, "write_off", shape, &alone, &[]);

    let mut crisis = Crisis::new(Setting {
        mode: 1,
        ..Setting::insured(0)
    });
    let instructions = [crisis.refresh(), crisis.write_off(false)];
    let shape = "nothing covers";
    bench.measure(&mut crisis.world, "write_off", shape, &instructions, &[]);
    let ledger = crisis.world.bank(crisis.usdc).ledger;
    assert!(ledger.deficit > 0 && ledger.on_auction == 0, "{shape}");
}
