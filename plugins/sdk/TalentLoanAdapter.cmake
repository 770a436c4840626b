# talent_loan_add_adapter(NAME SOURCE...): an adapter library NAME.so that exports the entry symbol and nothing
# else, and in which a symbol that nothing defines is an error now and not in the middle of a loan.
# In C++ it gets the kit (talent_loan/sdk.hpp), in C the bare interface (talent_loan_adapter.h).
set(TALENT_LOAN_ADAPTER_MAP ${CMAKE_CURRENT_LIST_DIR}/talent_loan_adapter.map)

function(talent_loan_add_adapter name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE TalentLoan::sdk)
  set_target_properties(${name} PROPERTIES
    PREFIX "" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${TALENT_LOAN_ADAPTER_MAP})
  target_link_options(${name} PRIVATE -Wl,--version-script=${TALENT_LOAN_ADAPTER_MAP})
  if(NOT TALENT_LOAN_SANITIZERS AND NOT TALENT_LOAN_FUZZ)  # sanitizers resolve theirs at run time
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
endfunction()
