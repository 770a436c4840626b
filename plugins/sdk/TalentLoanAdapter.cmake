# talent_loan_add_adapter(NAME SOURCE...): an adapter library NAME.so that exports the entry symbol and nothing
# else, and in which a symbol that nothing defines is an error now and not in the middle of a loan.
# In C++ it gets the kit (talent_loan/sdk.hpp), in C the bare interface (talent_loan_adapter.h).
function(talent_loan_add_adapter name)
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/talent_loan_adapter.map)
  add_library(${name} MODULE ${ARGN})
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(CXX IN_LIST languages)
    target_link_libraries(${name} PRIVATE TalentLoan::sdk)
  else()
    target_link_libraries(${name} PRIVATE TalentLoan::abi)
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX "" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${map})
  target_link_options(${name} PRIVATE -Wl,--version-script=${map})
  if(NOT TALENT_LOAN_SANITIZERS AND NOT TALENT_LOAN_FUZZ)  # sanitizers resolve theirs at run time
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
endfunction()
