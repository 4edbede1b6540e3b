//! The shortest row of steps that still fails.

use super::case::{Case, Step};

/// Takes away whatever can be taken away: runs of steps, half as long each time,
/// then single calls of a transaction. `fails` plays a case.
pub fn shrink(mut case: Case, fails: impl Fn(&Case) -> bool) -> Case {
    let mut size = case.steps.len().div_ceil(2);
    while size > 0 {
        let mut start = 0;
        while start < case.steps.len() {
            let mut shorter = case.clone();
            let end = (start + size).min(shorter.steps.len());
            shorter.steps.drain(start..end);
            if fails(&shorter) {
                case = shorter;
            } else {
                start += size;
            }
        }
        size /= 2;
    }
    for step in 0..case.steps.len() {
        let mut call = 0;
        while let Step::Send(calls) = &case.steps[step] {
            if call >= calls.len() || calls.len() == 1 {
                break;
            }
            let mut shorter = case.clone();
            if let Step::Send(calls) = &mut shorter.steps[step] {
                calls.remove(call);
            }
            if fails(&shorter) {
                case = shorter;
            } else {
                call += 1;
            }
        }
    }
    case
}

#[cfg(test)]
mod tests {
    use {
        super::*,
        crate::fuzz::case::{Call, Setup},
    };

    fn cover(bank: usize) -> Call {
        Call::Cover { bank }
    }

    #[test]
    fn what_the_failure_needs_is_what_stays() {
        let tick = |secs| Step::Tick {
            secs,
            silent: false,
        };
        let mut steps: Vec<Step> = (0..50).map(tick).collect();
        steps.insert(13, Step::Send(vec![cover(0), cover(1), cover(2)]));
        steps.insert(37, Step::Send(vec![cover(2), cover(0)]));
        let case = Case {
            setup: Setup::default(),
            steps,
        };
        // It fails when bank 1 is covered before bank 0 is in a later step.
        let fails = |case: &Case| {
            let at = |bank: usize, last: bool| {
                let has = |step: &Step| match step {
                    Step::Send(calls) => calls
                        .iter()
                        .any(|call| matches!(call, Call::Cover { bank: b } if *b == bank)),
                    _ => false,
                };
                match last {
                    true => case.steps.iter().rposition(has),
                    false => case.steps.iter().position(has),
                }
            };
            at(1, false).zip(at(0, true)).is_some_and(|(a, b)| a < b)
        };
        let shortest = shrink(case, fails);
        let text = format!("{:?}", shortest.steps);
        assert_eq!(
            text,
            "[Send([Cover { bank: 1 }]), Send([Cover { bank: 0 }])]"
        );
    }
}
