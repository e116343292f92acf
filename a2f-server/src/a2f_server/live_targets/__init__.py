"""Programs that show a face live: frames go to them over UDP, one packet or bundle a frame."""
