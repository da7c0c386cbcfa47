//! One campaign over channels of different providers: each carries its share, in its own calls, and keeps
//! its people.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::{People, Workspace};

const PEOPLE: usize = 800;

/// A template that both providers carry, over these channels.
fn campaign(workspace: &Workspace, name: &str, channels: &str) {
    workspace.write(
        &format!("{name}.toml"),
        format!(
            "version = 1\nname = \"{name}\"\nchannel = {channels}\n[audience]\nfile = \"audiences/welcome.csv\"\n\
             [message.template]\nid = \"welcome\"\nparams = [\"{{{{ nome }}}}\"]\n"
        ),
    );
}

/// Whom each sender's calls reached since so many lines of the record, and the sizes of each one's calls.
fn carried(workspace: &Workspace, since: usize) -> BTreeMap<String, (BTreeSet<String>, BTreeSet<usize>)> {
    let mut calls = BTreeMap::<(String, u64), Vec<String>>::new();
    for one in workspace.sandbox().accepted().into_iter().skip(since) {
        calls.entry((one.sender, one.call)).or_default().push(one.to);
    }
    let mut carried = BTreeMap::<String, (BTreeSet<String>, BTreeSet<usize>)>::new();
    for ((sender, _), people) in calls {
        let (reached, sizes) = carried.entry(sender).or_default();
        sizes.insert(people.len());
        reached.extend(people);
    }
    carried
}

#[test]
fn each_provider_carries_its_share_in_its_own_calls_and_keeps_its_people() {
    let workspace =
        Workspace::with_scenario("[wati.templates.welcome]\nparams = [\"1\"]\nlanguage = \"pt_BR\"\n");
    let channels = workspace.channels().replacen("[devino]", "[devino]\nchunk = 20", 1);
    workspace.write("channels.toml", channels);
    let people = People::seeded(401, PEOPLE);
    workspace.write("audiences/welcome.csv", people.csv());

    campaign(&workspace, "march", "{ devino = 3, wati-a = 1, wati-b = 1 }");
    let march = workspace.run("march").expect(0);
    assert_eq!(march.tally().accepted, PEOPLE as u64, "{march}");
    let first = carried(&workspace, 0);
    let of = |carried: &BTreeMap<String, (BTreeSet<String>, BTreeSet<usize>)>, sender: &str| {
        carried.get(sender).unwrap_or_else(|| panic!("nobody was sent to by {sender}")).clone()
    };
    let (devino, sizes) = of(&first, "MyCompany");
    let (sao_paulo, singles) = of(&first, "5511900000001");
    let (rio, _) = of(&first, "5521900000002");
    for (share, expected) in [(devino.len(), 480), (sao_paulo.len(), 160), (rio.len(), 160)] {
        assert!(share.abs_diff(expected) < 60, "{share} instead of about {expected}");
    }
    assert!(sizes.last() == Some(&20) && sizes.len() <= 2, "Devino's calls were for {sizes:?} people");
    assert_eq!(singles, BTreeSet::from([1]), "Wati takes one person a call");

    // Without one of them, its people alone move.
    campaign(&workspace, "april", "{ devino = 3, wati-a = 1 }");
    let april = workspace.run("april").expect(0);
    assert_eq!(april.tally().accepted, PEOPLE as u64, "{april}");
    let second = carried(&workspace, PEOPLE);
    let (devino_now, _) = of(&second, "MyCompany");
    let (sao_paulo_now, _) = of(&second, "5511900000001");
    assert!(devino.is_subset(&devino_now) && sao_paulo.is_subset(&sao_paulo_now), "somebody changed sides");
    let moved: BTreeSet<_> =
        devino_now.difference(&devino).chain(sao_paulo_now.difference(&sao_paulo)).cloned().collect();
    assert_eq!(moved, rio);
    assert!(!second.contains_key("5521900000002"));
}
