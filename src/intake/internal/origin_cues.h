#pragma once

#include <array>
#include <string_view>

namespace proviso::intake {

// The words by which a sentence tells where its news comes from (docs/formats/stories.md).

// A name behind one of these made the report that is cited.
inline constexpr std::array<std::string_view, 10> kStrongCues = {
    "investigation by",   "investigation published by", "investigation revealed by",
    "investigation from", "first reported by",          "first published by",
    "first revealed by",  "originally reported by",     "uncovered by",
    "reporting by"};
// So did one behind these, when it is known to be an outlet.
inline constexpr std::array<std::string_view, 17> kWeakCues = {
    "report by",   "reports by",  "report in",    "reports in",   "report of", "reports of",
    "reported by", "revealed by", "published by", "disclosed by", "seen by",   "obtained by",
    "told",        "via",         "according to", "article in",   "article of"};
// An outlet before one of these made it too.
inline constexpr std::array<std::string_view, 20> kOutletActs = {
    "reported",      "has reported", "had reported",   "previously reported", "first reported",
    "has found",     "found that",   "has discovered", "discovered",          "can reveal",
    "revealed",      "has revealed", "has learned",    "published",           "had published",
    "investigation", "report",       "reporting",      "had counted",         "published on"};
inline constexpr std::array<std::string_view, 28> kOutletWords = {
    "herald",    "post",  "times",   "guardian",  "gazette",  "courier",      "ledger",
    "news",      "press", "journal", "tribune",   "reuters",  "wire",         "observer",
    "radio",     "tv",    "daily",   "chronicle", "mail",     "telegraph",    "verge",
    "bloomberg", "ap",    "afp",     "upi",       "magazine", "broadcasting", "newsroom"};
// Whoever bears one of these speaks for itself and is no outlet.
inline constexpr std::array<std::string_view, 17> kOffices = {
    "police",     "ministry",   "authority",  "regulator", "department", "office",
    "court",      "prosecutor", "committee",  "council",   "guard",      "agency",
    "government", "army",       "university", "college",   "commission"};
// So is no partner whose name has one of these, however the sentence lists them.
inline constexpr std::array<std::string_view, 12> kBodies = {
    "unit",  "directorate", "bank",   "hospital", "union",  "party",
    "force", "cloud",       "forces", "company",  "senate", "parliament"};
// Words by which a sentence says that the next name is an outlet or a partner.
inline constexpr std::array<std::string_view, 22> kPartnerSigns = {
    "collaborated", "collaboration", "partnership", "jointly",     "together",    "partner",
    "partners",     "working",       "magazine",    "newspaper",   "paper",       "news",
    "site",         "outlet",        "outlets",     "publication", "broadcaster", "daily",
    "weekly",       "portal",        "newsroom",    "newsrooms"};
// Between the outlets of a joint investigation stand these words only.
inline constexpr std::array<std::string_view, 34> kPartnerWords = {
    "and",         "the",      "with",   "together", "jointly",       "which",       "collaborated",
    "in",          "of",       "a",      "an",       "collaboration", "partnership", "magazine",
    "newspaper",   "paper",    "news",   "site",     "outlet",        "outlets",     "publication",
    "broadcaster", "language", "its",    "partner",  "partners",      "working",     "daily",
    "weekly",      "local",    "online", "portal",   "newsroom",      "newsrooms"};
inline constexpr std::array<std::string_view, 12> kOutletNouns = {
    "publication", "news",   "outlet", "newspaper",   "magazine", "site",
    "daily",       "weekly", "paper",  "broadcaster", "language", "newsroom"};
inline constexpr std::array<std::string_view, 19> kSpeech = {
    "said",       "says",      "denied",   "denies",       "rejected",   "rejects",    "confirmed",
    "stated",     "announced", "admitted", "acknowledged", "emphasised", "emphasized", "apologised",
    "apologized", "wrote",     "has",      "accepted",     "did"};
inline constexpr std::array<std::string_view, 14> kStatementCues = {
    "said in a statement", "in a statement",     "in a blog post", "blog post",
    "message to staff",    "told staff",         "told employees", "informed employees",
    "spokesperson",        "spokesman",          "spokeswoman",    "press release",
    "statement on",        "statement published"};
inline constexpr std::array<std::string_view, 17> kGenericSpeakers = {
    "the company",     "the firm",       "the ministry",  "the agency",     "the police",
    "the operator",    "the hospital",   "the provider",  "the vendor",     "the tech giant",
    "the corporation", "the corporate",  "the authority", "the contractor", "the group",
    "the department",  "the coast guard"};

inline constexpr std::array<std::string_view, 12> kBeforePlaces = {
    " in ",  "In ",       " at ",     " near ",   " off ",    " from ",
    "From ", " between ", "Between ", " around ", " in the ", " across "};

}  // namespace proviso::intake
