//! A cell of a sheet as text: what the person typed, not how Excel happens to show it.

use calamine::{CellErrorType, DataRef, ExcelDateTime};

/// The text of a cell: numbers exactly and without `.0`, dates as ISO 8601, `true` and `false`.
///
/// # Errors
/// The error of Excel that the cell holds, `#N/A`.
pub(super) fn text(value: &DataRef<'_>) -> Result<String, CellErrorType> {
    Ok(match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // Never in scientific notation; adding zero takes the sign off a negative one.
        DataRef::Float(number) => (number + 0.0).to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) if moment.is_duration() => duration(moment.as_f64()),
        DataRef::DateTime(moment) => date_time(*moment),
        DataRef::Error(error) => return Err(error.clone()),
    })
}

fn duration(days: f64) -> String {
    let sign = if days < 0.0 { "-" } else { "" };
    let seconds = (days.abs() * 86_400.0).round();
    let (hours, minutes) = ((seconds / 3_600.0).floor(), (seconds / 60.0).floor() % 60.0);
    format!("{sign}{hours:02}:{minutes:02}:{:02}", seconds % 60.0)
}

fn date_time(moment: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, millisecond) = moment.to_ymd_hms_milli();
    let fraction = if millisecond == 0 { String::new() } else { format!(".{millisecond:03}") };
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (moment.as_f64() < 1.0, time == "00:00:00") {
        (true, _) => time,
        (false, true) => date,
        (false, false) => format!("{date}T{time}"),
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};

    use super::*;

    #[test]
    fn cells_become_what_was_typed() {
        let date = |value| DataRef::DateTime(ExcelDateTime::new(value, DateTime, false));
        let span = |value| DataRef::DateTime(ExcelDateTime::new(value, TimeDelta, false));
        for (value, expected) in [
            (DataRef::Float(5_511_987_654_321.0), "5511987654321"),
            (DataRef::Float(11_987_654_321.0), "11987654321"),
            (DataRef::Float(1e21), "1000000000000000000000"),
            (DataRef::Float(19.9), "19.9"),
            (DataRef::Float(0.1 + 0.2), "0.30000000000000004"),
            (DataRef::Float(-0.0), "0"),
            (DataRef::Int(42), "42"),
            (DataRef::Bool(true), "true"),
            (DataRef::SharedString(" Ana "), " Ana "),
            (DataRef::Empty, ""),
            (date(46_353.0), "2026-11-27"),
            (date(46_353.25), "2026-11-27T06:00:00"),
            (date(0.75), "18:00:00"),
            (span(1.5), "36:00:00"),
            (span(0.001), "00:01:26"),
        ] {
            assert_eq!(text(&value).as_deref(), Ok(expected), "{value:?}");
        }
        assert_eq!(text(&DataRef::Error(CellErrorType::NA)), Err(CellErrorType::NA));
    }
}
