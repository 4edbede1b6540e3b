//! What differs between the stories: the reserves, the liquidators' money, and
//! what the governance token is worth. The market and the crash are the same.

use {
    backstop_world::world::DOLLAR,
    serde::Serialize,
    std::{fmt, str::FromStr},
};

/// (atoms) One dollar of the stablecoin.
pub const USDC: u64 = 1_000_000;

/// Which story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scenario {
    /// Insurance pays for everything.
    Insurance,
    /// Insurance is not enough; governance tokens are issued and sold.
    Dilution,
    /// Insurance runs out, so do buyers of the token; lenders share the rest.
    Exhausted,
}

/// Its numbers.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// (atoms) In the insurance vault at the start.
    pub insurance: u64,
    /// (atoms) What each liquidator brings.
    pub liquidators: [u64; 4],
    /// (10^-8 dollars) A governance token when people come.
    pub token_price: i64,
    /// (atoms) What each bidder for governance tokens brings.
    pub bidders: [u64; 4],
}

impl Scenario {
    /// All of them, mildest first.
    pub const ALL: [Self; 3] = [Self::Insurance, Self::Dilution, Self::Exhausted];

    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Insurance => "insurance",
            Self::Dilution => "dilution",
            Self::Exhausted => "exhausted",
        }
    }

    /// What happens in it.
    pub fn promise(self) -> &'static str {
        match self {
            Self::Insurance => "insurance is enough",
            Self::Dilution => "insurance runs out, newly issued tokens pay for the rest",
            Self::Exhausted => "insurance and buyers run out, lenders share the rest",
        }
    }

    /// Its numbers.
    pub(super) fn terms(self) -> Terms {
        let thousand = 1_000 * USDC;
        match self {
            Self::Insurance => Terms {
                insurance: 36 * thousand,
                liquidators: [90, 70, 50, 30].map(|count| count * thousand),
                token_price: 5 * DOLLAR,
                bidders: [60, 50, 40, 30].map(|count| count * thousand),
            },
            Self::Dilution => Terms {
                insurance: 10 * thousand,
                liquidators: [50, 40, 30, 20].map(|count| count * thousand),
                token_price: 2 * DOLLAR,
                bidders: [80, 70, 60, 50].map(|count| count * thousand),
            },
            Self::Exhausted => Terms {
                insurance: 10 * thousand,
                liquidators: [50, 30, 20, 10].map(|count| count * thousand),
                token_price: 2 * DOLLAR,
                bidders: [9, 6, 4, 2].map(|count| count * thousand),
            },
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scenario {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scenario| scenario.name() == name)
            .ok_or_else(|| format!("no scenario is called {name}"))
    }
}
