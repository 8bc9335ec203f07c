//! Answers the questions of `./run bench decide` by Cedar, in this process.
//!
//!     cedar INPUT check VERDICTS    writes `a` or `d` for each question
//!     cedar INPUT time MILLISECONDS prints what a decision takes in nanoseconds (in a row: the
//!                                   middle of rows of 10; alone: the middle and 99 %), denied,
//!                                   asked
//!
//! What Cedar is fastest with: one policy; each restricted cell (a subscription's service in a
//! region) an entity, found by its hash, with the window and the set of denied operations as
//! attributes. A policy for each restriction would be walked through one by one. Requests are made
//! beforehand.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::str::FromStr;
use std::time::{Duration, Instant};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request, RestrictedExpression,
};

const POLICY: &str = r#"
permit(principal, action, resource) unless {
  resource has denied && resource.denied.contains(context.operation) &&
  context.at >= resource.from && context.at < resource.until
};
"#;

type Fallible<T> = Result<T, Box<dyn Error>>;

struct World {
    policies: PolicySet,
    entities: Entities,
    questions: Vec<Request>,
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

fn restricted(cell: &EntityTypeName, parts: &[&str]) -> Fallible<Entity> {
    let long = |text: &str| -> Fallible<RestrictedExpression> {
        Ok(RestrictedExpression::new_long(text.parse()?))
    };
    let denied = parts[7]
        .split(',')
        .map(|name| RestrictedExpression::new_string(name.to_owned()));
    let attributes = HashMap::from([
        ("from".to_owned(), long(parts[5])?),
        ("until".to_owned(), long(parts[6])?),
        ("denied".to_owned(), RestrictedExpression::new_set(denied)),
    ]);
    Ok(Entity::new(
        uid(cell, &parts[2..5].join("|")),
        attributes,
        HashSet::new(),
    )?)
}

fn load(path: &str) -> Fallible<World> {
    let cell = EntityTypeName::from_str("Cell")?;
    let subscription = EntityTypeName::from_str("Subscription")?;
    let action = EntityUid::from_str("Action::\"ask\"")?;
    let mut entities = Vec::new();
    let mut questions = Vec::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        if parts[0] == "R" {
            entities.push(restricted(&cell, &parts)?);
            continue;
        }
        let context = Context::from_pairs([
            (
                "operation".to_owned(),
                RestrictedExpression::new_string(parts[4].to_owned()),
            ),
            (
                "at".to_owned(),
                RestrictedExpression::new_long(parts[5].parse()?),
            ),
        ])?;
        let resource = uid(&cell, &parts[1..4].join("|"));
        let asked = uid(&subscription, parts[1]);
        questions.push(Request::new(
            asked,
            action.clone(),
            resource,
            context,
            None,
        )?);
    }
    Ok(World {
        policies: PolicySet::from_str(POLICY)?,
        entities: Entities::from_entities(entities, None)?,
        questions,
    })
}

fn check(world: &World, path: &str) -> Fallible<()> {
    let authorizer = Authorizer::new();
    let mut verdicts = String::new();
    for question in &world.questions {
        let response = authorizer.is_authorized(question, &world.policies, &world.entities);
        if response.diagnostics().errors().next().is_some() {
            return Err("a policy does not evaluate".into());
        }
        verdicts.push(if response.decision() == Decision::Allow {
            'a'
        } else {
            'd'
        });
    }
    std::fs::write(path, verdicts)?;
    Ok(())
}

// Short, so that others at work seldom come between.
const CALLS_IN_A_ROW: usize = 10;

fn time(world: &World, limit: Duration) {
    let authorizer = Authorizer::new();
    let denies = |question: &Request| {
        let response = authorizer.is_authorized(question, &world.policies, &world.entities);
        response.decision() == Decision::Deny
    };
    let (mut single, mut rows) = (Vec::new(), Vec::new());
    for question in &world.questions {
        let start = Instant::now();
        std::hint::black_box(denies(question));
        single.push(start.elapsed().as_nanos());
    }
    let (mut denied, mut asked) = (0, 0);
    let begin = Instant::now();
    while begin.elapsed() < limit {
        for row in world.questions.chunks(CALLS_IN_A_ROW) {
            let start = Instant::now();
            denied += row.iter().filter(|question| denies(question)).count();
            rows.push(start.elapsed().as_nanos());
            asked += row.len();
        }
    }
    single.sort_unstable();
    rows.sort_unstable();
    let in_a_row = rows[rows.len() / 2] as f64 / CALLS_IN_A_ROW as f64;
    let (median, late) = (single[single.len() / 2], single[single.len() * 99 / 100]);
    println!("{in_a_row:.1} {median} {late} {denied} {asked}");
}

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, input, what, last] = arguments.as_slice() else {
        return Err("usage: cedar INPUT check VERDICTS | cedar INPUT time MILLISECONDS".into());
    };
    let world = load(input)?;
    if what == "check" {
        return check(&world, last);
    }
    time(&world, Duration::from_millis(last.parse()?));
    Ok(())
}
