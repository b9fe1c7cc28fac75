//! The page of limits and the file of limits name the same constants with the same values.

use std::collections::BTreeMap;

/// A number of bytes, items or nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Count(u128),
    Nanos(u128),
}

/// Constants of `code` that `page` does not name in a row of a table with their value, and the other way round.
pub(super) fn check(page: &str, code: &str) -> Vec<String> {
    let constants = constants(code);
    let rows = rows(page, &constants);
    let mut problems = Vec::new();
    for (name, expression) in &constants {
        let Some(cells) = rows.get(name) else {
            problems.push(format!("docs/limits.md: {name} is not named in any row"));
            continue;
        };
        let Some(value) = evaluate(expression, &constants) else {
            problems.push(format!("limits.rs: the value of {name} is not understood: {expression}"));
            continue;
        };
        // Units tell times from counts: any cell that begins with a quantity counts, and one must be right.
        if !cells.iter().filter_map(|cell| quantity(cell)).any(|shown| shown == value) {
            problems.push(format!("docs/limits.md: the row of {name} does not say its value ({expression})"));
        }
    }
    let unknown = rows.keys().filter(|name| !constants.contains_key(*name));
    problems.extend(unknown.map(|name| format!("docs/limits.md: {name} is no constant of limits.rs")));
    problems
}

/// Name and expression of each `pub const`.
fn constants(code: &str) -> BTreeMap<String, String> {
    let lines = code.lines().filter_map(|line| line.trim().strip_prefix("pub const "));
    let parts = lines.filter_map(|rest| {
        let (name, rest) = rest.split_once(':')?;
        let (_, value) = rest.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().trim_end_matches(';').to_owned()))
    });
    parts.collect()
}

/// The cells of each row whose line names a constant in backticks, or what looks like one.
fn rows(page: &str, constants: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    let is_constant = |word: &&str| {
        let looks_like_one = word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        // Variables of the environment look the same.
        constants.contains_key(*word) || (looks_like_one && !word.starts_with("PAPO_"))
    };
    let mut rows = BTreeMap::new();
    for line in page.lines().filter(|line| line.trim_start().starts_with('|')) {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().replace('`', "")).collect();
        for name in line.split('`').skip(1).step_by(2).filter(is_constant) {
            rows.insert(name.to_owned(), cells.clone());
        }
    }
    rows
}

/// The value of a product of numbers and other constants, alone or in a `Duration`.
fn evaluate(expression: &str, constants: &BTreeMap<String, String>) -> Option<Value> {
    const UNITS: [(&str, u128); 4] = [
        ("Duration::from_millis(", 1_000_000),
        ("Duration::from_secs(", 1_000_000_000),
        ("Duration::from_mins(", 60_000_000_000),
        ("Duration::from_hours(", 3_600_000_000_000),
    ];
    for (unit, nanos) in UNITS {
        if let Some(inner) = expression.strip_prefix(unit) {
            let Value::Count(count) = evaluate(inner.strip_suffix(')')?, constants)? else { return None };
            return Some(Value::Nanos(count * nanos));
        }
    }
    let mut product = 1;
    for factor in expression.split('*').map(str::trim) {
        let number = factor.replace('_', "").parse().ok();
        let named = || evaluate(constants.get(factor)?, constants);
        product *= match number.map(Value::Count).or_else(named)? {
            Value::Count(count) => count,
            Value::Nanos(_) => return None,
        };
    }
    Some(Value::Count(product))
}

/// What a cell begins with: `8 MiB`, `10,000 rooms`, `200 ms`, `20 s`.
fn quantity(cell: &str) -> Option<Value> {
    let of_number = |c: char| c.is_ascii_digit() || matches!(c, ',' | '_' | ' ' | '\u{A0}');
    let end = cell.find(|c| !of_number(c)).unwrap_or(cell.len());
    let number: u128 = cell[..end].replace([',', '_', ' ', '\u{A0}'], "").parse().ok()?;
    let unit: String = cell[end..].chars().take_while(|c| c.is_alphabetic()).collect();
    Some(match unit.as_str() {
        "KiB" => Value::Count(number << 10),
        "MiB" => Value::Count(number << 20),
        "ms" => Value::Nanos(number * 1_000_000),
        "s" | "second" | "seconds" => Value::Nanos(number * 1_000_000_000),
        "min" | "minute" | "minutes" => Value::Nanos(number * 60_000_000_000),
        "h" | "hour" | "hours" => Value::Nanos(number * 3_600_000_000_000),
        "day" | "days" => Value::Nanos(number * 86_400_000_000_000),
        _ => Value::Count(number),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "\
/// A comment.
pub const FRAME_MAX_BYTES: usize = 8 * 1024 * 1024;
pub const ROOMS_MAX: usize = 10_000;
pub const HALF_MAX: usize = ROOMS_MAX * 2;
pub const SILENT_IS_TEXT: Duration = Duration::from_millis(200);
pub const DRAIN: Duration = Duration::from_secs(4);
";
    const PAGE: &str = "\
# Limits
| what | constant | value |
|---|---|---|
| a frame | `FRAME_MAX_BYTES` | 8 MiB |
| rooms | `ROOMS_MAX` | 10,000 rooms |
| twice as many | `HALF_MAX` | 20000 |
| silence | `SILENT_IS_TEXT` | 200 ms |
| draining | `DRAIN` | 4 s, then all are closed |
";

    #[test]
    fn a_page_that_is_right_has_no_problems() {
        assert_eq!(check(PAGE, CODE), [""; 0]);
    }

    #[test]
    fn a_wrong_value_a_wrong_unit_and_a_missing_row_are_problems() {
        for (right, wrong) in [
            ("8 MiB", "8 KiB"),
            ("10,000", "1,000"),
            ("200 ms", "200 s"),
            ("200 ms", "200"),
            ("`DRAIN`", "`LINGER_MS`"),
        ] {
            assert!(!check(&PAGE.replace(right, wrong), CODE).is_empty(), "{right} as {wrong}");
        }
        assert_eq!(check(&PAGE.replace("`DRAIN`", "draining"), CODE).len(), 1);
    }

    #[test]
    fn a_constant_that_is_gone_is_a_problem() {
        let fewer: String = CODE.lines().filter(|line| !line.contains("HALF_MAX")).collect::<Vec<_>>().join("\n");
        assert_eq!(check(PAGE, &fewer), ["docs/limits.md: HALF_MAX is no constant of limits.rs"]);
    }
}
