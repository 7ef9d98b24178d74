@main struct RH { static func main() {} }
