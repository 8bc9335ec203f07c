#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace proviso::verifier {

// Who did what in which case, as far as the log shows it to everybody, and whom that keeps away:
// nobody acts in a case in which they declared a conflict, and nobody hears an appeal who had a
// part in what it is against. Each entry is first checked, and noted when nothing is wrong with it.
class CasePeople {
 public:
  struct Deed {
    std::uint64_t index = 0;  // of the entry
    std::string_view type;
    std::string_view actor;
    std::string_view case_id;
  };

  // Refuses a deed in a case in which the actor declared a conflict.
  Status CheckMayAct(const Deed& deed) const;
  bool HasConflict(std::string_view case_id, std::string_view person) const;

  // A part in the case, which keeps the actor from hearing its appeals.
  void NotePart(const Deed& deed);
  Status DeclareConflict(const Deed& deed);
  // `decision` is one that was adopted in that case.
  Status FileAppeal(const Deed& deed, std::string_view appeal, std::string_view decision);
  Status DecideAppeal(const Deed& deed, std::string_view appeal);
  // Refuses what says that it carries out an appeal that is not against `decision`, or that nobody
  // has decided before.
  Status CheckDecided(const Deed& deed, std::string_view appeal, std::string_view decision) const;

 private:
  struct Part {
    std::uint64_t index = 0;
    std::string type;
  };
  struct Appeal {
    std::string decision;
    std::string heard_by;  // empty while it waits
  };
  struct CaseFile {
    std::map<std::string, Part, std::less<>> parts;               // the first of each person
    std::map<std::string, std::uint64_t, std::less<>> conflicts;  // person to entry
    std::map<std::string, Appeal, std::less<>> appeals;
  };
  const CaseFile* Find(std::string_view case_id) const;

  std::map<std::string, CaseFile, std::less<>> cases_;
};

}  // namespace proviso::verifier
