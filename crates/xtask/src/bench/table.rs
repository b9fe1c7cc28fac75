//! The medians of all runs beside each other, and whether the goals are met.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::{Reports, Workload};
use crate::started::Server;

/// The head of the table; [`rows`] fits below it.
pub(crate) const HEAD: &str =
    "                      deliveries/s   CPU µs/delivery     p50 µs     p99 µs   p99.9 µs    lost";

/// A goal, with the figure that was reached.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Goal {
    pub(crate) text: String,
    pub(crate) met: bool,
}

/// W1 and W2: at most this share over the floor's time on the processor.
const CPU_RATIO_MAX: f64 = 1.15;
const W3_DELIVERIES_MIN: f64 = 4e6;
const W4_BYTES_MAX: f64 = 1536.0;
const W4_JOIN_SECONDS_MAX: f64 = 1.0;
/// W1 and W2: TLS costs at most so much of the plain time on the processor.
const TLS_CPU_RATIO_MAX: f64 = 1.6;
const TLS_W4_BYTES_MAX: f64 = 24.0 * 1024.0;

/// For each server and figure the median over its runs.
pub(crate) fn medians(reports: &Reports) -> BTreeMap<&'static str, BTreeMap<String, f64>> {
    reports.iter().map(|(&server, runs)| (server, medians_of(runs))).collect()
}

fn medians_of(runs: &[Value]) -> BTreeMap<String, f64> {
    let mut figures: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (name, value) in runs.iter().filter_map(Value::as_object).flatten() {
        if let Some(value) = value.as_f64() {
            figures.entry(name.clone()).or_default().push(value);
        }
    }
    figures.into_iter().map(|(name, values)| (name, median(values))).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], values[middle]) } else { values[middle] }
}

/// One line for each server, then one for each goal.
pub(crate) fn rows(workload: &Workload, reports: &Reports, goals: &[Goal]) -> String {
    let medians = medians(reports);
    let mut out = String::new();
    for server in workload.servers {
        let figures = &medians[server.name()];
        let figure = |name: &str, digits: usize| match figures.get(name) {
            Some(value) => format!("{value:.digits$}"),
            None => "–".to_owned(),
        };
        let label = format!("{}  {}", workload.name, server.name());
        let _ = writeln!(
            out,
            "{label:<20}{:>14}{:>18}{:>11}{:>11}{:>11}{:>8}",
            figure("deliveries_per_second", 0),
            figure("cpu_us_per_delivery", 3),
            figure("p50_us", 0),
            figure("p99_us", 0),
            figure("p999_us", 0),
            figure("lost", 0),
        );
    }
    if let Some(cost) = cost_of_durability(&medians) {
        let _ = writeln!(out, "    on disk: {cost}");
    }
    for goal in goals {
        let _ = writeln!(out, "    {} {}", if goal.met { "met:    " } else { "NOT MET:" }, goal.text);
    }
    out
}

/// The goals of a workload. A figure that is missing meets none.
pub(crate) fn goals(workload: &Workload, reports: &Reports) -> Vec<Goal> {
    let medians = medians(reports);
    let figure = |server: Server, name: &str| medians.get(server.name()).and_then(|figures| figures.get(name)).copied();
    let of_papo = |name: &str| figure(Server::Papo, name).unwrap_or(f64::NAN);
    let mut goals = vec![nothing_wrong(reports)];
    match workload.name {
        "W1" | "W2" => {
            let floor = figure(Server::Floor, "cpu_us_per_delivery").unwrap_or(f64::NAN);
            let ratio = of_papo("cpu_us_per_delivery") / floor;
            goals.push(Goal {
                text: format!("{ratio:.3} × the floor's CPU time per delivery (at most {CPU_RATIO_MAX})"),
                met: ratio <= CPU_RATIO_MAX,
            });
            let secure = figure(Server::Secure, "cpu_us_per_delivery").unwrap_or(f64::NAN);
            let ratio = secure / of_papo("cpu_us_per_delivery");
            goals.push(Goal {
                text: format!("TLS: {ratio:.3} × the CPU time of plain text (at most {TLS_CPU_RATIO_MAX})"),
                met: ratio <= TLS_CPU_RATIO_MAX,
            });
        }
        "W3" => {
            let (reached, joining) =
                (of_papo("deliveries_per_second"), figure(Server::JoiningFloor, "deliveries_per_second"));
            let share = reached / joining.unwrap_or(f64::NAN);
            goals.push(Goal {
                text: format!(
                    "{:.2} million deliveries a second (at least 4), {share:.2} × the joining floor",
                    reached / 1e6
                ),
                met: reached >= W3_DELIVERIES_MIN,
            });
        }
        _ => {
            let (bytes, seconds) = (of_papo("bytes_per_connection"), of_papo("join_seconds"));
            goals.push(Goal {
                text: format!("{bytes:.0} bytes a connection (at most {W4_BYTES_MAX})"),
                met: bytes <= W4_BYTES_MAX,
            });
            goals.push(Goal {
                text: format!("all connected and joined in {seconds:.2} s (under {W4_JOIN_SECONDS_MAX})"),
                met: seconds < W4_JOIN_SECONDS_MAX,
            });
            let secure = figure(Server::Secure, "bytes_per_connection").unwrap_or(f64::NAN);
            goals.push(Goal {
                text: format!("TLS: {secure:.0} bytes a connection (at most {TLS_W4_BYTES_MAX})"),
                met: secure <= TLS_W4_BYTES_MAX,
            });
        }
    }
    goals
}

/// What keeping everything on disk costs.
fn cost_of_durability(medians: &BTreeMap<&'static str, BTreeMap<String, f64>>) -> Option<String> {
    let figure = |server: Server, name: &str| medians.get(server.name())?.get(name).copied();
    let ratio = |name: &str| Some(figure(Server::Kept, name)? / figure(Server::Papo, name)?);
    let (cpu, rate, p99) = (ratio("cpu_us_per_delivery")?, ratio("deliveries_per_second")?, ratio("p99_us")?);
    Some(format!("{cpu:.2} × the CPU time, {rate:.2} × the deliveries a second, {p99:.1} × the p99 of in memory"))
}

/// One loss in one run is one too many, so this looks at every run and not at a median.
fn nothing_wrong(reports: &Reports) -> Goal {
    let of = |server: Server| reports.get(server.name()).map_or(&[][..], Vec::as_slice);
    let papo = [of(Server::Papo), of(Server::Secure), of(Server::Kept)].concat();
    let counted = |run: &Value| -> Option<u64> {
        ["lost", "out_of_order", "duplicates", "misdirected"].into_iter().map(|name| run[name].as_u64()).sum()
    };
    let wrong: Option<u64> = papo.iter().map(counted).sum();
    let text = match wrong {
        Some(wrong) => format!("{wrong} messages lost, twice, out of order or misdirected (0)"),
        None => "a report without its counts".to_owned(),
    };
    Goal { text, met: wrong == Some(0) && !of(Server::Papo).is_empty() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::workload::ALL;
    use super::*;

    fn run(cpu: f64, rate: f64, lost: u64) -> Value {
        json!({
            "cpu_us_per_delivery": cpu, "deliveries_per_second": rate, "lost": lost, "out_of_order": 0,
            "duplicates": 0, "misdirected": 0, "bytes_per_connection": cpu * 500.0, "join_seconds": cpu / 4.0,
            "p50_us": null
        })
    }

    /// Which goals a workload meets with these runs of papo and one of each floor.
    fn met(workload: usize, papo: Vec<Value>) -> Vec<bool> {
        let floors = ["floor", "joining floor"].map(|name| (name, vec![run(2.0, 15e6, 0)]));
        let secure = ("papo by TLS", vec![run(3.5, 1e5, 0)]);
        let reports = floors.into_iter().chain([("papo", papo), secure]).collect();
        goals(&ALL[workload], &reports).into_iter().map(|goal| goal.met).collect()
    }

    #[test]
    fn medians_are_of_odd_and_even_runs() {
        for (values, expected) in [(vec![3.0, 1.0, 2.0], 2.0), (vec![4.0, 1.0, 2.0, 3.0], 2.5)] {
            assert!((median(values) - expected).abs() < 1e-9, "{expected}");
        }
    }

    #[test]
    fn cpu_time_is_compared_with_the_floor() {
        assert_eq!(met(0, vec![run(2.2, 1e5, 0)]), [true, true, true]);
        assert_eq!(met(0, vec![run(2.1, 1e5, 0)]), [true, true, false], "TLS is compared with plain text");
        assert_eq!(met(1, vec![run(2.4, 1e5, 0)]), [true, false, true]);
        assert_eq!(met(1, vec![run(9.0, 1e5, 0), run(2.2, 1e5, 0), run(2.1, 1e5, 0)]), [true, true, true]);
    }

    #[test]
    fn one_loss_in_one_run_is_too_many() {
        assert_eq!(met(0, vec![run(2.2, 1e5, 0), run(2.2, 1e5, 0), run(2.2, 1e5, 1)]), [false, true, true]);
    }

    #[test]
    fn rates_and_sizes_have_their_goals() {
        assert_eq!(met(2, vec![run(1.0, 4.1e6, 0)]), [true, true]);
        assert_eq!(met(2, vec![run(1.0, 3.9e6, 0)]), [true, false]);
        assert_eq!(met(3, vec![run(3.0, 0.0, 0)]), [true, true, true, true]);
        assert_eq!(met(3, vec![run(5.0, 0.0, 0)]), [true, false, false, true]);
    }

    #[test]
    fn what_was_not_measured_is_not_met() {
        assert_eq!(met(0, vec![json!({})]), [false, false, false]);
        assert_eq!(met(0, Vec::new()), [false, false, false]);
    }

    #[test]
    fn a_row_shows_what_there_is() {
        let reports = Reports::from([("papo", vec![run(1.0, 0.0, 0)]), ("papo by TLS", vec![run(2.0, 0.0, 0)])]);
        let shown = rows(&ALL[3], &reports, &goals(&ALL[3], &reports));
        assert!(
            shown.starts_with("W4  papo") && shown.contains('–') && shown.contains("met:     500 bytes"),
            "{shown}"
        );
    }
}
