"""Copy cataloguing: take a description that another library has made, by SRU or Z39.50."""
