module phalanx

go 1.19
