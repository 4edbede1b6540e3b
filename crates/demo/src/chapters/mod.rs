//! The chapters of a story, each made from what the chain said.

mod after;
mod before;
mod cover;
mod crash;

use super::{
    audit,
    stage::Stage,
    story::{Story, Totals, Units},
};

impl Stage {
    /// Tells everything.
    pub(super) fn tell(mut self) -> Story {
        let totals = self.totals();
        let mut chapters = vec![
            before::market(&mut self),
            before::people(&mut self),
            crash::prices(&mut self),
            crash::liquidators(&self),
        ];
        chapters.extend(cover::losses(&self));
        chapters.extend(cover::auctions(&mut self, &totals));
        chapters.extend(cover::shared(&mut self));
        chapters.push(cover::waterfall(&self, &totals));
        chapters.push(after::lenders(&self));
        chapters.push(after::recovery(&mut self, &totals));
        chapters.push(audit::check(&mut self, &totals));
        Story {
            scenario: self.scenario,
            promise: self.scenario.promise(),
            seed: self.seed,
            units: Units::default(),
            totals,
            bars: self.log.lines,
            losses: self.log.losses,
            sales: self.log.sales,
            chapters,
        }
    }

    fn totals(&mut self) -> Totals {
        let ledger = self.world.bank(self.usdc).ledger;
        let market = self.world.market_state();
        let log = &self.log;
        Totals {
            lost: ledger.lost.get(),
            covered_by_fees: ledger.covered_by_fees.get(),
            covered_by_insurance: ledger.covered_by_insurance.get(),
            covered_by_auction: ledger.covered_by_auction.get(),
            recovered: ledger.recovered.get(),
            borne_by_leavers: ledger.borne_by_leavers.get(),
            socialised: ledger.socialised.get(),
            deficit: ledger.deficit,
            issued: market.issued,
            sold: log.sales.iter().map(|sale| sale.bought).sum(),
            burned: market.burned,
            bounties: log.losses.iter().map(|loss| loss.bounty).sum(),
            carried_by_lenders: self.cast.lenders.iter().map(|lender| lender.carried).sum(),
            lenders: self.cast.lenders.len() as u64,
            records_repaid: log.repaid.iter().map(|record| record.paid).sum(),
            bought_back: log.bought_back.iter().map(|sale| sale.paid).sum(),
        }
    }
}
