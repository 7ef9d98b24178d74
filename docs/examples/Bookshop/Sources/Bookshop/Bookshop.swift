import Rhei

@main struct Bookshop { static func main() { print("hello") } }
