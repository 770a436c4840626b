// Internal to plugins/host: what to do about a failure that says nothing of it itself.
#pragma once

#include "plugins/host/session/session.hpp"

namespace talent_loan::host {

inline void add_remedy(Diagnostic& diagnostic, Retry retry) {
  if (!diagnostic.remedy.empty() || !diagnostic.allowed.empty()) return;
  diagnostic.remedy = retry == Retry::never ? Text{"请联系该银行或检查其配置", "ask the bank, or check its configuration"}
                                            : Text{"稍后再次运行 talent-loan sync", "run talent-loan sync again later"};
}

}  // namespace talent_loan::host
