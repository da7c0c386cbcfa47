//! Audiences and definitions.

use std::fs;

use super::refusal::{Campaign, refused};

/// The audience has this content instead.
fn audience(content: impl AsRef<[u8]>) -> impl FnOnce(&Campaign) {
    move |campaign| {
        campaign.workspace.write("audiences/welcome.csv", content);
    }
}

/// The first bytes of an old Excel workbook.
const XLS: [u8; 32] =
    *b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0>\0\x03\0\xfe\xff\t\0";

#[test]
fn audiences_that_cannot_be_read() {
    refused("audience_missing", 3, |campaign| {
        fs::remove_file(campaign.file("audiences/welcome.csv")).expect("it is there");
    });
    refused("audience_is_a_folder", 3, |campaign| {
        fs::remove_file(campaign.file("audiences/welcome.csv")).expect("it is there");
        fs::create_dir(campaign.file("audiences/welcome.csv")).expect("a new folder");
    });
    refused("audience_empty", 3, audience(""));
    refused("audience_header_only", 3, audience("nome,telefone,n\n"));
    refused("audience_without_phone_column", 3, audience("nome,idade,n\nAna,30,1\n"));
    refused("audience_binary", 3, audience(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0"));
    refused("audience_xls_named_csv", 3, audience(XLS));
    refused("audience_xls_named_xlsx", 3, |campaign| {
        campaign.workspace.write("audiences/welcome.xlsx", XLS);
        campaign.replace("welcome.toml", "welcome.csv", "welcome.xlsx");
    });
    refused("audience_xls", 3, |campaign| {
        campaign.workspace.write("audiences/welcome.xls", XLS);
        campaign.replace("welcome.toml", "welcome.csv", "welcome.xls");
    });
}

#[test]
fn rows_that_cannot_be_sent() {
    let bad_row = "nome,telefone,n\nAna,+5511987654321,1\nBia,+55119,2\n";
    refused("a_bad_row_aborts", 3, |campaign| {
        audience(bad_row)(campaign);
        campaign.replace("welcome.toml", "[audience]\n", "[audience]\non_bad_row = \"abort\"\n");
    });
    let all_bad = "nome,telefone,n\nAna,,1\nBia,+55119,2\n";
    let campaign = Campaign::new();
    audience(all_bad)(&campaign);
    campaign.refuses("all_rows_bad", campaign.run(), 3);
    campaign.refuses("all_rows_bad_in_check", campaign.disparo(["check", "welcome"]), 3);
    assert!(!campaign.file("results/welcome").exists(), "a refused plan left an empty folder");
    audience("nome,telefone,n\nA,+5511987654321,1\nB,+5511987654322,2\nC,+5511987654323,3\n")(&campaign);
    campaign.works_now();
    refused("more_recipients_than_allowed", 3, |campaign| {
        campaign.replace("welcome.toml", "[audience]\n", "[safety]\nmax_recipients = 2\n[audience]\n");
    });
}

#[test]
fn definitions_that_do_not_fit() {
    refused("definition_missing", 3, |campaign| {
        fs::remove_file(campaign.file("welcome.toml")).expect("it is there");
    });
    refused("template_with_an_unknown_column", 3, |campaign| {
        campaign.replace("welcome.toml", "{{ nome }}", "{{ nomee }}");
    });
    refused("where_with_an_unknown_column", 3, |campaign| {
        campaign.replace("welcome.toml", "[audience]\n", "[audience]\nwhere = \"uf == 'SP'\"\n");
    });
    refused("two_campaigns_of_one_name", 3, |campaign| {
        fs::copy(campaign.file("welcome.toml"), campaign.file("copy.toml")).expect("a writable folder");
    });
    refused("unknown_channel", 3, |campaign| {
        campaign.replace("welcome.toml", "\"devino\"", "\"devinho\"");
    });
    let campaign = Campaign::new();
    let by_path = campaign.disparo(["run", "wellcome.toml", "--yes"]);
    campaign.refuses("definition_missing_by_path", by_path, 3);
}
