# Run by cmake --install: the units name the program where it is installed, and that is known only then.
set(root "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")
set(units "${CMAKE_CURRENT_LIST_DIR}")
set(PTL_PROGRAM "${CMAKE_INSTALL_PREFIX}/bin/portolan")
set(PTL_TELL "${CMAKE_INSTALL_PREFIX}/lib/portolan/tell")
foreach(unit portolan@.service portolan@.timer portolan-resume@.service portolan-tell@.service)
  configure_file("${units}/${unit}.in" "${root}/lib/systemd/system/${unit}" @ONLY)
endforeach()
configure_file("${units}/tell.conf" "${root}/lib/systemd/system/portolan@.service.d/tell.conf" COPYONLY)
configure_file("${units}/tell.in" "${root}/lib/portolan/tell" @ONLY FILE_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
