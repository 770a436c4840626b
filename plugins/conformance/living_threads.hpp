// Internal to plugins/conformance: what a library may not leave running.
#pragma once

#include <cstddef>

namespace talent_loan::host {

// The threads of this process that have not begun to exit, the caller's among them. A thread that was joined is not
// counted: the kernel wakes whoever joins it before it takes it off the list of tasks, so a bare count of /proc/self/task
// may hold threads that are gone. Throws std::system_error where /proc cannot be read.
std::size_t living_threads();

}  // namespace talent_loan::host
