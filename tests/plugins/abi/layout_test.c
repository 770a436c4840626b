/* The header of today against the record of the last release: sizes may have grown, nothing may have moved. */
#include <stddef.h>

#include "plugins/abi/talent_loan_adapter.h"

#define LAYOUT_SIZE(type, bytes) _Static_assert(sizeof(type) >= (bytes), #type " has shrunk");
#define LAYOUT_FIELD(type, field, at, bytes)                                               \
  _Static_assert(offsetof(type, field) == (at), #type "." #field " has moved");            \
  _Static_assert(sizeof(((type*)0)->field) == (bytes), #type "." #field " changed size");
#define LAYOUT_WORD(word, number) _Static_assert((word) == (number), #word " has another number");
#include "released_1_0.inc"

int main(void) { return 0; }
