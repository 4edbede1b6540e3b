//! What a keeper can do, and which of it one may.

/// One kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Task {
    /// Books interest and stores prices.
    Refresh,
    /// Repays debt for collateral.
    Liquidate,
    /// Writes debt off.
    WriteOff,
    /// Covers a deficit.
    Cover,
    /// Covers a deficit where that opens an auction.
    OpenAuction,
    /// Closes an auction that is over.
    CloseAuction,
    /// Lets lenders share a deficit.
    Socialise,
    /// Moves fees.
    CollectFees,
    /// Starts a buy-back.
    StartBuyBack,
    /// Closes a buy-back that is over.
    CloseBuyBack,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 10] = [
        Self::Refresh,
        Self::Liquidate,
        Self::WriteOff,
        Self::Cover,
        Self::OpenAuction,
        Self::CloseAuction,
        Self::Socialise,
        Self::CollectFees,
        Self::StartBuyBack,
        Self::CloseBuyBack,
    ];

    /// Its name in settings, logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::Liquidate => "liquidate",
            Self::WriteOff => "write_off",
            Self::Cover => "cover",
            Self::OpenAuction => "open_auction",
            Self::CloseAuction => "close_auction",
            Self::Socialise => "socialise",
            Self::CollectFees => "collect_fees",
            Self::StartBuyBack => "start_buy_back",
            Self::CloseBuyBack => "close_buy_back",
        }
    }

    /// The task of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.name() == name)
    }

    /// Whether it is done for its income. The others are done for the market's
    /// sake, out of a budget.
    #[must_use]
    pub const fn is_for_profit(self) -> bool {
        matches!(self, Self::Liquidate)
    }
}

/// A set of tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tasks(u16);

impl Tasks {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Task::ALL.into_iter().collect()
    }

    /// The set with `task`.
    #[must_use]
    pub const fn with(self, task: Task) -> Self {
        Self(self.0 | 1 << task as u8)
    }

    /// The set without `task`.
    #[must_use]
    pub const fn without(self, task: Task) -> Self {
        Self(self.0 & !(1 << task as u8))
    }

    /// Whether `task` is in it.
    #[must_use]
    pub const fn contains(self, task: Task) -> bool {
        self.0 & 1 << task as u8 != 0
    }
}

impl FromIterator<Task> for Tasks {
    fn from_iter<I: IntoIterator<Item = Task>>(tasks: I) -> Self {
        tasks.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_has_a_name_and_a_place_of_its_own() {
        for task in Task::ALL {
            assert_eq!(Task::named(task.name()), Some(task));
            assert!(!Tasks::all().without(task).contains(task));
            let others = Task::ALL.into_iter().filter(|other| *other != task);
            let only = Tasks::NONE.with(task);
            assert!(only.contains(task));
            assert!(others.into_iter().all(|other| !only.contains(other)));
        }
    }
}
